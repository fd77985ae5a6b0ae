"""The files that a server needs to run Steerco: settings, services, nightly backup, the TLS proxy's site.

The texts stand in the folder `server`, with @{names} for what differs from server to server.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from string import Template

from django.utils.translation import gettext as _

CALLBACK = "/accounts/oidc/oidc/login/callback/"
SERVICES = (
    "steerco-web.service",
    "steerco-worker.service",
    "steerco-backup.service",
    "steerco-backup.timer",
)
PROXY_COMMANDS = {
    "caddy": """install -m 0644 steerco.caddy /etc/caddy/steerco.caddy
grep -qxF 'import steerco.caddy' /etc/caddy/Caddyfile || echo 'import steerco.caddy' >> /etc/caddy/Caddyfile
systemctl reload caddy""",
    "nginx": """install -m 0644 steerco.nginx /etc/nginx/conf.d/steerco.conf
nginx -t
systemctl reload nginx""",
}


class ServerText(Template):
    """A text of the folder `server`. The delimiter is one that neither systemd, nginx, Caddy nor sh use."""

    delimiter = "@"


@dataclass(frozen=True)
class Server:
    """What differs from server to server. `settings` are environment variables beyond those that follow from it."""

    host: str
    program: str  # the absolute path of the command `steerco`
    backups: str
    proxy: str = "caddy"  # or "nginx", which needs `certificate` and `key`
    certificate: str = ""  # absolute paths; "" lets Caddy fetch certificates by itself
    key: str = ""
    port: int = 8000
    workers: int = 2
    keep: int = 30
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where people open it."""
        return f"https://{self.host}"

    def environment(self) -> dict[str, str]:
        """Every environment variable of the services."""
        return {
            "STEERCO_DATA_DIR": "/var/lib/steerco",
            "STEERCO_BACKUP_DIR": self.backups,
            "STEERCO_PUBLIC_URL": self.url,
            "STEERCO_ALLOWED_HOSTS": f"{self.host},127.0.0.1",
            "STEERCO_TRUSTED_ORIGINS": self.url,
            "STEERCO_SECURE": "1",
            "PORT": str(self.port),
            **self.settings,
        }


def files_of(server: Server) -> dict[str, str]:
    """The text of each file by its name. Raises ValueError for a setting that no environment file can hold."""
    made = {"steerco.env": environment_file(server.environment())}
    own = {
        "host": server.host,
        "program": server.program,
        "backups": server.backups,
        "port": server.port,
        "workers": server.workers,
        "keep": server.keep,
        "certificate": server.certificate,
        "key": server.key,
        "certificate_comment": "" if server.certificate else "It fetches and renews certificates by itself.",
        "tls": f"\ttls {server.certificate} {server.key}\n" if server.certificate else "",
        "proxy_commands": PROXY_COMMANDS[server.proxy],
    }
    folder = resources.files("steerco.interfaces.cli") / "server"
    for name in (*SERVICES, f"steerco.{server.proxy}", "steerco-server", "put-in-place.sh"):
        made[name] = ServerText(folder.joinpath(name).read_text("utf-8")).substitute(own)
    return made


def environment_file(settings: Mapping[str, str]) -> str:
    """Settings as systemd's EnvironmentFile= and a shell read them alike. Raises ValueError: a quote or line break."""
    for name, value in settings.items():
        if any(character in value for character in "'\n\r\0"):
            raise ValueError(
                _("%(name)s holds a single quote or a line break, which cannot be written here")
                % {"name": name}
            )
    lines = [f"{name}='{value}'" for name, value in settings.items()]
    return "\n".join(["# Steerco on this server. It holds passwords: readable for root only.", *lines, ""])
