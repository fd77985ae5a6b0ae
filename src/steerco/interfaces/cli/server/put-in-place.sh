#!/bin/sh
# Puts the files of this folder where the server looks for them and starts Steerco: sudo sh put-in-place.sh
# It does nothing else, and may be run again after a change.
set -eu
cd "$(dirname "$0")"

# An account that cannot sign in, its settings (with passwords: for root only), the folder of backups.
id steerco >/dev/null 2>&1 || useradd --system --home-dir /var/lib/steerco --shell /usr/sbin/nologin steerco
install -D -m 0600 steerco.env /etc/steerco/steerco.env
install -d -o steerco -g steerco -m 0700 @{backups}

# The services, the nightly backup, and the command for this server.
install -m 0644 steerco-web.service steerco-worker.service steerco-backup.service steerco-backup.timer /etc/systemd/system/
install -m 0755 steerco-server /usr/local/bin/steerco-server
systemctl daemon-reload
systemctl enable steerco-web.service steerco-worker.service steerco-backup.timer
systemctl restart steerco-web.service steerco-backup.timer

# The TLS proxy.
@{proxy_commands}
