from django.apps import AppConfig


class InitiativesConfig(AppConfig):
    name = "steerco.apps.initiatives"
    label = "initiatives"

    def ready(self) -> None:
        """Join the kit: the tree decides who may do what, and is where lists are looked at from."""
        # ruff: noqa: PLC0415  models are loaded only now
        from steerco.apps.access.accounts import use_account_people
        from steerco.apps.access.middleware import use_actor_source
        from steerco.apps.initiatives import accounts, actions, panels, policy, references, registers  # noqa: F401
        from steerco.kit.pages.panels import every_panel_reads
        from steerco.kit.permissions import use_policy
        from steerco.kit.registers.scopes import use_scopes

        use_policy(policy.InitiativePolicy())
        use_actor_source(policy.actor_for)
        use_account_people(accounts.PeopleOfAccounts())
        use_scopes(references.TreeScopes())
        references.declare()
        every_panel_reads("initiatives.initiative", "initiatives.post")
