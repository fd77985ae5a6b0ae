# German catalogue of Steerco.
#
# Phrases avoid addressing the reader where they can; where they cannot, it is "Sie". Verbs on buttons are infinitives.
# Words of German project management (DIN 69900/69901, GPM, PRINCE2), one for each English word:
#
#   initiative            Vorhaben                  portfolio / programme / project   Portfolio / Programm / Projekt
#   workstream            Teilprojekt               register / entry                  Register / Eintrag
#   risk                  Risiko                    threat / opportunity              Bedrohung / Chance
#   issue                 Offener Punkt             action                            Maßnahme
#   milestone             Meilenstein               gate                              Phasenfreigabe
#   probability           Eintrittswahrscheinlichkeit (in forms), Wahrscheinlichkeit (in tables)
#   impact                Auswirkung                exposure                          Tragweite
#   score                 Risikowert                proximity                         zeitliche Nähe
#   response (to a risk)  Behandlung                risk appetite                     Risikobereitschaft
#   rating                Ampel                     delivery confidence               Umsetzungszuversicht
#   sponsor               Auftraggeber              project manager                   Projektleitung
#   board                 Lenkungsausschuss         office (PMO)                      PMO
#   post / holder         Stelle / Inhaber          deputy / proxy                    Stellvertretung / Vertretung
#   owner                 Verantwortlich            unit                              Einheit
#   as of                 Stand, Stichtag           compared with                     verglichen mit
#   baseline              Basisplan                 forecast / actual                 Prognose / Ist
#   budget                Budget                    variance                          Abweichung
#   whole-life cost       Gesamtkosten              benefits                          Nutzen
#   report (of figures)   Bericht                   snapshot                          Momentaufnahme
#   pack                  Mappe                     steering pack                     Steuerungsmappe
#   workbook              Excel-Datei               audience                          Empfängerkreis
#   to restrict           den Zugriff beschränken   tag / to watch                    Schlagwort / beobachten
#   mapping of columns    Zuordnung                 undo, take back                   zurücknehmen
#
# The letters of a rating stay international (G, AG, A, AR, R): Grün and Gelb begin alike.
msgid ""
msgstr ""
"Project-Id-Version: Steerco\n"
"Report-Msgid-Bugs-To: \n"
"POT-Creation-Date: 2026-11-27 15:32+0000\n"
"Language: de\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

#: steerco/apps/access/accounts.py
msgid "There is an account with this address already."
msgstr "Zu dieser Adresse gibt es bereits ein Konto."

#: steerco/apps/access/accounts.py
msgid "Say who it is."
msgstr "Bitte angeben, wer es ist."

#: steerco/apps/access/accounts.py
msgid "There is no such role."
msgstr "Diese Rolle gibt es nicht."

#: steerco/apps/access/accounts.py
msgid "You cannot close your own account."
msgstr "Das eigene Konto lässt sich nicht schließen."

#: steerco/apps/access/accounts.py
#, python-format
msgid ""
"Set your password here: %(link)s\n"
"\n"
"The link works once, for three days."
msgstr ""
"Hier legen Sie Ihr Passwort fest: %(link)s\n"
"\n"
"Der Link gilt einmal, drei Tage lang."

#: steerco/apps/access/accounts.py
msgid "Your account"
msgstr "Ihr Konto"

#: steerco/apps/access/actions.py
msgid "Make, change and close accounts"
msgstr "Konten anlegen, ändern und schließen"

#: steerco/apps/access/actions.py
msgid "Read the audit trail"
msgstr "Prüfprotokoll lesen"

#: steerco/apps/access/actions.py
msgid "Import tables"
msgstr "Tabellen importieren"

#: steerco/apps/access/actions.py
msgid "Undo an import"
msgstr "Importe zurücknehmen"

#: steerco/apps/access/models.py steerco/apps/people/models.py
msgid "e-mail address"
msgstr "E-Mail-Adresse"

#: steerco/apps/access/models.py steerco/apps/stakeholders/states.py
msgid "active"
msgstr "aktiv"

#: steerco/apps/access/models.py steerco/apps/organisation/forms.py
#: steerco/apps/organisation/models.py
msgid "language"
msgstr "Sprache"

#: steerco/apps/access/models.py steerco/apps/organisation/models.py
msgid "colours"
msgstr "Farben"

#: steerco/apps/access/models.py steerco/apps/organisation/models.py
msgid "classic"
msgstr "klassisch"

#: steerco/apps/access/models.py steerco/apps/organisation/models.py
msgid "colour-blind safe"
msgstr "für Farbfehlsichtige"

#: steerco/apps/access/models.py
msgid "user"
msgstr "Benutzerkonto"

#: steerco/apps/access/models.py
msgid "users"
msgstr "Benutzerkonten"

#: steerco/apps/access/models.py
msgid "what it is for"
msgstr "Zweck"

#: steerco/apps/access/models.py
msgid "expires"
msgstr "läuft ab"

#: steerco/apps/access/models.py
msgid "token"
msgstr "Zugriffstoken"

#: steerco/apps/access/models.py
msgid "tokens"
msgstr "Zugriffstoken"

#: steerco/apps/access/own_views.py
msgid "30 days"
msgstr "30 Tage"

#: steerco/apps/access/own_views.py
msgid "90 days"
msgstr "90 Tage"

#: steerco/apps/access/own_views.py
msgid "a year"
msgstr "ein Jahr"

#: steerco/apps/access/own_views.py
#: steerco/apps/organisation/templates/organisation/words.html
msgid "Language"
msgstr "Sprache"

#: steerco/apps/access/own_views.py
msgid "Colours"
msgstr "Farben"

#: steerco/apps/access/own_views.py
#: steerco/apps/access/templates/access/tokens.html
msgid "What it is for"
msgstr "Zweck"

#: steerco/apps/access/own_views.py
msgid "Works for"
msgstr "Gilt für"

#: steerco/apps/access/own_views.py
#: steerco/apps/access/templates/access/tokens.html
msgid "Limited to"
msgstr "Beschränkt auf"

#: steerco/apps/access/own_views.py
msgid "Nothing chosen: everything that you may do."
msgstr "Nichts gewählt: alles, was Sie selbst dürfen."

#: steerco/apps/access/own_views.py steerco/apps/change/views.py
#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py steerco/apps/escalation/rule_views.py
#: steerco/apps/governance/views.py steerco/apps/initiatives/structure_views.py
#: steerco/apps/initiatives/views.py steerco/apps/notices/views.py
#: steerco/apps/office/settings_views.py steerco/apps/organisation/views.py
#: steerco/kit/registers/templates/registers/_cell.html
#: steerco/kit/registers/views/records.py
msgid "Saved."
msgstr "Gespeichert."

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "System administrator"
msgstr "Systemverwaltung"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "PMO manager"
msgstr "PMO-Leitung"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "PMO analyst"
msgstr "PMO-Analyse"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "PMO administrator"
msgstr "PMO-Assistenz"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "Portfolio manager"
msgstr "Portfolioleitung"

#: steerco/apps/access/roles.py
msgid "Programme manager"
msgstr "Programmleitung"

#: steerco/apps/access/roles.py steerco/exchange/packs/labels.py
#: steerco/site/demo/people.py
msgid "Project manager"
msgstr "Projektleitung"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "Team member"
msgstr "Teammitglied"

#: steerco/apps/access/roles.py steerco/apps/indicators/indicators.py
#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/exchange/packs/labels.py steerco/site/demo/people.py
msgid "Sponsor"
msgstr "Auftraggeber"

#: steerco/apps/access/roles.py
msgid "Chair of a body"
msgstr "Vorsitz eines Gremiums"

#: steerco/apps/access/roles.py
msgid "Secretary of a body"
msgstr "Schriftführung eines Gremiums"

#: steerco/apps/access/roles.py
msgid "Member of a body"
msgstr "Mitglied eines Gremiums"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "Finance"
msgstr "Finanzen"

#: steerco/apps/access/roles.py steerco/site/demo/people.py
msgid "Auditor"
msgstr "Revision"

#: steerco/apps/access/roles.py
msgid "Viewer"
msgstr "Lesezugriff"

#: steerco/apps/access/roles.py
#: steerco/apps/initiatives/templates/initiatives/posts.html
#: steerco/apps/initiatives/views.py
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Role"
msgstr "Rolle"

#: steerco/apps/access/single_sign_on.py
msgid "Single sign-on did not confirm your e-mail address."
msgstr "Die Anmeldung hat Ihre E-Mail-Adresse nicht bestätigt."

#: steerco/apps/access/single_sign_on.py
#, python-format
msgid "There is no open account for %(address)s."
msgstr "Zu %(address)s gibt es kein offenes Konto."

#: steerco/apps/access/single_sign_on.py
msgid "Ask your administrator."
msgstr "Wenden Sie sich an Ihre Administration."

#: steerco/apps/access/templates/access/_tabs.html
#: steerco/apps/access/templates/access/account.html
#: steerco/kit/pages/templates/pages/_menu.html
msgid "My account"
msgstr "Mein Konto"

#: steerco/apps/access/templates/access/_tabs.html
msgid "Password"
msgstr "Passwort"

#: steerco/apps/access/templates/access/_tabs.html
msgid "Second factor"
msgstr "Zweiter Faktor"

#: steerco/apps/access/templates/access/_tabs.html
#: steerco/apps/access/templates/access/tokens.html
msgid "Tokens"
msgstr "Zugriffstoken"

#: steerco/apps/access/templates/access/account.html
#: steerco/apps/escalation/templates/escalation/options.html
#: steerco/apps/escalation/templates/escalation/rule.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/governance/templates/governance/action.html
#: steerco/apps/hygiene/templates/hygiene/rules.html
#: steerco/apps/initiatives/templates/initiatives/posts.html
#: steerco/apps/initiatives/templates/initiatives/restrict.html
#: steerco/apps/links/templates/links/_comments.html
#: steerco/apps/links/templates/links/_relations.html
#: steerco/apps/notices/templates/notices/mine.html
#: steerco/apps/office/templates/office/contact.html
#: steerco/apps/office/templates/office/settings.html
#: steerco/apps/organisation/templates/organisation/field.html
#: steerco/apps/organisation/templates/organisation/scales.html
#: steerco/apps/organisation/templates/organisation/settings.html
#: steerco/apps/organisation/templates/organisation/words.html
#: steerco/apps/people/templates/people/succeed.html
#: steerco/kit/registers/templates/registers/form.html
#: steerco/kit/registers/templates/registers/list.html
msgid "Save"
msgstr "Speichern"

#: steerco/apps/access/templates/access/account.html
msgid "My posts"
msgstr "Meine Stellen"

#: steerco/apps/access/templates/access/account.html
msgid "None. You read what is open to everybody."
msgstr "Keine. Sie lesen, was allen offensteht."

#: steerco/apps/access/templates/access/link.html
#: steerco/apps/access/templates/access/users.html
msgid "Password link"
msgstr "Passwort-Link"

#: steerco/apps/access/templates/access/link.html
#, python-format
msgid "Password link for %(email)s"
msgstr "Passwort-Link für %(email)s"

#: steerco/apps/access/templates/access/link.html
msgid "It is on its way by mail. You may hand it over yourself too:"
msgstr "Er ist per E-Mail unterwegs. Er kann auch persönlich übergeben werden:"

#: steerco/apps/access/templates/access/link.html
msgid "No mail is set up here: hand this link over yourself."
msgstr "Hier ist kein E-Mail-Versand eingerichtet: Bitte den Link selbst übergeben."

#: steerco/apps/access/templates/access/link.html
msgid "It is shown this once, works once, and ends after three days."
msgstr "Er wird nur dieses eine Mal gezeigt, gilt einmal und läuft nach drei Tagen ab."

#: steerco/apps/access/templates/access/link.html
#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/escalation/templates/escalation/authority.html
#: steerco/apps/escalation/templates/escalation/escalate.html
#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/apps/escalation/templates/escalation/rule.html
#: steerco/apps/followups/templates/followups/delegate.html
#: steerco/apps/hygiene/templates/hygiene/clean.html
#: steerco/apps/initiatives/templates/initiatives/restrict.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
#: steerco/site/templates/account/no_mail.html
#: steerco/site/templates/site/examples.html
msgid "Back"
msgstr "Zurück"

#: steerco/apps/access/templates/access/roles.html steerco/site/navigation.py
msgid "Roles"
msgstr "Rollen"

#: steerco/apps/access/templates/access/roles.html
#: steerco/apps/access/templates/access/users.html
msgid "What each role may do"
msgstr "Was jede Rolle darf"

#: steerco/apps/access/templates/access/roles.html
msgid "A role is given by a post: on one initiative with everything below it, or on the whole organisation. Posts of the office prepare and record; they do not decide."
msgstr "Eine Rolle wird über eine Stelle vergeben: für ein Vorhaben mit allem darunter oder für die ganze Organisation. Stellen des PMO bereiten vor und halten fest; sie entscheiden nicht."

#: steerco/apps/access/templates/access/roles.html
#: steerco/apps/governance/views.py steerco/apps/raid/measures.py
#: steerco/apps/raid/registers/actions.py steerco/apps/raid/reminders.py
msgid "Action"
msgstr "Maßnahme"

#: steerco/apps/access/templates/access/roles.html
msgid "office"
msgstr "PMO"

#: steerco/apps/access/templates/access/roles.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/raid/models/dependencies.py steerco/kit/imports/exporting.py
#: steerco/kit/imports/representation.py steerco/kit/registers/columns.py
#: steerco/kit/registers/inputs.py
msgid "yes"
msgstr "ja"

#: steerco/apps/access/templates/access/roles.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/raid/models/dependencies.py steerco/kit/imports/exporting.py
#: steerco/kit/imports/representation.py steerco/kit/registers/columns.py
#: steerco/kit/registers/inputs.py
msgid "no"
msgstr "nein"

#: steerco/apps/access/templates/access/tokens.html
msgid "Copy it now: it is shown this once."
msgstr "Jetzt kopieren: Es wird nur dieses eine Mal gezeigt."

#: steerco/apps/access/templates/access/tokens.html
msgid "A token lets a program act as you through the API, never with more rights than you have at that moment."
msgstr "Mit einem Zugriffstoken handelt ein Programm über die API in Ihrem Namen, nie mit mehr Rechten, als Sie in dem Moment haben."

#: steerco/apps/access/templates/access/tokens.html
msgid "Begins with"
msgstr "Beginnt mit"

#: steerco/apps/access/templates/access/tokens.html
msgid "Made"
msgstr "Erstellt"

#: steerco/apps/access/templates/access/tokens.html
msgid "Ends"
msgstr "Läuft ab"

#: steerco/apps/access/templates/access/tokens.html
msgid "Last used"
msgstr "Zuletzt benutzt"

#: steerco/apps/access/templates/access/tokens.html
#: steerco/apps/access/templates/access/users.html
#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Do"
msgstr "Aktionen"

#: steerco/apps/access/templates/access/tokens.html
msgid "Revoke"
msgstr "Widerrufen"

#: steerco/apps/access/templates/access/tokens.html
msgid "Make a token"
msgstr "Zugriffstoken erstellen"

#: steerco/apps/access/templates/access/tokens.html
msgid "Make it"
msgstr "Erstellen"

#: steerco/apps/access/templates/access/users.html steerco/site/navigation.py
msgid "Users"
msgstr "Benutzerkonten"

#: steerco/apps/access/templates/access/users.html
msgid "Search for users"
msgstr "Benutzerkonten suchen"

#: steerco/apps/access/templates/access/users.html
msgid "Name or e-mail address"
msgstr "Name oder E-Mail-Adresse"

#: steerco/apps/access/templates/access/users.html
#: steerco/kit/pages/templates/pages/_keys.html
#: steerco/kit/pages/templates/pages/_menu.html
#: steerco/site/templates/site/search.html
msgid "Search"
msgstr "Suchen"

#: steerco/apps/access/templates/access/users.html steerco/apps/access/views.py
#: steerco/apps/deliverables/certificates.py steerco/apps/finance/exporting.py
#: steerco/apps/indicators/import_views.py steerco/apps/indicators/listing.py
#: steerco/apps/indicators/templates/indicators/_costs.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/organisation/templates/organisation/scales.html
#: steerco/apps/raid/templates/raid/_places.html
#: steerco/kit/registers/templates/registers/list.html
msgid "Name"
msgstr "Name"

#: steerco/apps/access/templates/access/users.html steerco/apps/access/views.py
msgid "E-mail address"
msgstr "E-Mail-Adresse"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/deliverables/templates/deliverables/_next.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/planning/templates/planning/plans.html
#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
#: steerco/apps/raid/templates/raid/_reserve.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
msgid "State"
msgstr "Status"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/handover/templates/handover/leaving.html
#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "Posts"
msgstr "Stellen"

#: steerco/apps/access/templates/access/users.html
msgid "Last sign-in"
msgstr "Letzte Anmeldung"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/change/states.py
#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/initiatives/states.py steerco/apps/raid/states.py
msgid "closed"
msgstr "geschlossen"

#: steerco/apps/access/templates/access/users.html
msgid "no password yet"
msgstr "noch kein Passwort"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/cycles/models.py steerco/apps/deliverables/states.py
#: steerco/apps/followups/models.py steerco/apps/initiatives/states.py
#: steerco/apps/office/templates/office/_queue.html
#: steerco/apps/office/templates/office/queue.html steerco/apps/raid/states.py
#: steerco/apps/raid/templates/raid/board.html steerco/kit/registers/filters.py
#: steerco/site/templates/site/registers.html
msgid "open"
msgstr "offen"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/change/states.py steerco/apps/hygiene/views.py
#: steerco/apps/raid/states.py steerco/kit/pages/templates/pages/_keys.html
#: steerco/kit/pages/templates/pages/base.html
msgid "Close"
msgstr "Schließen"

#: steerco/apps/access/templates/access/users.html steerco/apps/raid/states.py
msgid "Open"
msgstr "Öffnen"

#: steerco/apps/access/templates/access/users.html
#: steerco/apps/audit/templates/audit/journal.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Nothing matches."
msgstr "Keine Treffer."

#: steerco/apps/access/templates/access/users.html
msgid "There are more: search for a name."
msgstr "Es gibt weitere: Bitte nach einem Namen suchen."

#: steerco/apps/access/templates/access/users.html
msgid "Invite somebody"
msgstr "Jemanden einladen"

#: steerco/apps/access/templates/access/users.html
msgid "Invite"
msgstr "Einladen"

#: steerco/apps/access/tokens.py
msgid "Say in at most 100 characters what it is for."
msgstr "Bitte den Zweck in höchstens 100 Zeichen angeben."

#: steerco/apps/access/tokens.py
#, python-format
msgid "There is no action “%s”."
msgstr "Die Aktion „%s“ gibt es nicht."

#: steerco/apps/access/tokens.py
#, python-format
msgid "It ends between now and %s."
msgstr "Der Ablauf liegt zwischen jetzt und %s."

#: steerco/apps/access/views.py
msgid "Role for the whole organisation"
msgstr "Rolle für die ganze Organisation"

#: steerco/apps/access/views.py
msgid "none: posts are given on initiatives"
msgstr "keine: Stellen werden an Vorhaben vergeben"

#: steerco/apps/access/views.py
#, python-format
msgid "%s is closed. Its sessions and tokens ended with it."
msgstr "%s ist geschlossen. Sitzungen und Zugriffstoken endeten damit."

#: steerco/apps/access/views.py
#, python-format
msgid "%s is open again."
msgstr "%s ist wieder offen."

#: steerco/apps/audit/templates/audit/journal.html steerco/site/navigation.py
msgid "Audit trail"
msgstr "Prüfprotokoll"

#: steerco/apps/audit/templates/audit/journal.html
msgid "As CSV"
msgstr "Als CSV"

#: steerco/apps/audit/templates/audit/journal.html
msgid "As JSON lines with the proof"
msgstr "Als JSON-Zeilen mit Nachweis"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Filter the list"
msgstr "Liste filtern"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/followups/templates/followups/team.html
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/kit/registers/templates/registers/_filter_form.html
#: steerco/kit/registers/templates/registers/record.html
msgid "Show"
msgstr "Anzeigen"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Show everything"
msgstr "Alles zeigen"

#: steerco/apps/audit/templates/audit/journal.html
#, python-format
msgid "Sealed up to position %(position)s, chain"
msgstr "Versiegelt bis Position %(position)s, Kette"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/initiatives/registers.py
#: steerco/apps/office/templates/office/own.html
#: steerco/exchange/packs/labels.py
msgid "No."
msgstr "Nr."

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/deliverables/certificates.py
#: steerco/apps/deliverables/registers.py
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/planning/templates/planning/plans.html
#: steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/templates/raid/_lesson_uses.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
#: steerco/kit/imports/templates/imports/index.html
msgid "When"
msgstr "Wann"

#: steerco/apps/audit/templates/audit/journal.html steerco/apps/audit/views.py
#: steerco/apps/cycles/registers.py steerco/apps/deliverables/registers.py
#: steerco/apps/initiatives/registers.py
#: steerco/apps/office/templates/office/_time.html
#: steerco/apps/people/registers.py
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
#: steerco/kit/imports/templates/imports/index.html
msgid "Who"
msgstr "Wer"

#: steerco/apps/audit/templates/audit/journal.html steerco/apps/audit/views.py
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/raid/registers/issues.py steerco/apps/raid/registers/lessons.py
msgid "What happened"
msgstr "Was eingetreten ist"

#: steerco/apps/audit/templates/audit/journal.html steerco/apps/audit/views.py
#: steerco/apps/deliverables/certificates.py
msgid "Entry"
msgstr "Eintrag"

#: steerco/apps/audit/templates/audit/journal.html
msgid "Changes"
msgstr "Änderungen"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/raid/templates/raid/_lessons.html
#: steerco/apps/raid/templates/raid/_lessons_found.html
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
msgid "Why"
msgstr "Warum"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/office/templates/office/mine.html
msgid "Request"
msgstr "Anfrage"

#: steerco/apps/audit/templates/audit/journal.html
msgid "not sealed yet"
msgstr "noch nicht versiegelt"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/kit/registers/templates/registers/_history.html
#, python-format
msgid "for %(party)s"
msgstr "für %(party)s"

#: steerco/apps/audit/templates/audit/journal.html
msgid "Only this entry"
msgstr "Nur dieser Eintrag"

#: steerco/apps/audit/templates/audit/journal.html
#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Pages"
msgstr "Seiten"

#: steerco/apps/audit/templates/audit/journal.html
msgid "Older"
msgstr "Ältere"

#: steerco/apps/audit/views.py
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/initiatives/templates/initiatives/posts.html
#: steerco/apps/initiatives/views.py
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
msgid "From"
msgstr "Von"

#: steerco/apps/audit/views.py steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/followups/templates/followups/_more.html
#: steerco/apps/followups/views.py
#: steerco/apps/initiatives/templates/initiatives/posts.html
#: steerco/apps/initiatives/views.py
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
msgid "To"
msgstr "Bis"

#: steerco/apps/change/charts.py
#, python-format
msgid "Approved changes: cost added, %(currency)s"
msgstr "Genehmigte Änderungen: Mehrkosten, %(currency)s"

#: steerco/apps/change/charts.py
msgid "Approved changes: working days added"
msgstr "Genehmigte Änderungen: zusätzliche Arbeitstage"

#: steerco/apps/change/models.py steerco/apps/cycles/reminders.py
#: steerco/apps/cycles/states.py steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/deliverables/reminders.py steerco/apps/raid/states.py
msgid "Approve"
msgstr "Genehmigen"

#: steerco/apps/change/models.py steerco/apps/deliverables/reminders.py
msgid "Approve with conditions"
msgstr "Mit Auflagen genehmigen"

#: steerco/apps/change/models.py steerco/apps/governance/models.py
#: steerco/apps/governance/reminders.py
msgid "Defer"
msgstr "Zurückstellen"

#: steerco/apps/change/models.py steerco/apps/deliverables/states.py
msgid "Reject"
msgstr "Ablehnen"

#: steerco/apps/change/models.py steerco/apps/change/states.py
#: steerco/apps/governance/models.py steerco/apps/governance/reminders.py
msgid "Ask for more"
msgstr "Mehr verlangen"

#: steerco/apps/change/models.py steerco/apps/raid/models/issues.py
msgid "request for change"
msgstr "Änderungsantrag"

#: steerco/apps/change/models.py
msgid "off-specification (concession)"
msgstr "Spezifikationsabweichung (Zugeständnis)"

#: steerco/apps/change/models.py
msgid "law or regulation"
msgstr "Recht oder Vorschrift"

#: steerco/apps/change/models.py
#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "correction"
msgstr "Korrektur"

#: steerco/apps/change/models.py steerco/apps/organisation/scales.py
msgid "minor"
msgstr "gering"

#: steerco/apps/change/models.py steerco/apps/initiatives/states.py
#: steerco/apps/organisation/scales.py
msgid "major"
msgstr "groß"

#: steerco/apps/change/models.py steerco/apps/office/models.py
#: steerco/apps/organisation/scales.py steerco/apps/raid/models/issues.py
msgid "low"
msgstr "gering"

#: steerco/apps/change/models.py steerco/apps/office/models.py
#: steerco/apps/organisation/scales.py steerco/apps/raid/models/issues.py
msgid "medium"
msgstr "mittel"

#: steerco/apps/change/models.py steerco/apps/office/models.py
#: steerco/apps/organisation/scales.py steerco/apps/raid/models/issues.py
msgid "high"
msgstr "hoch"

#: steerco/apps/change/models.py steerco/apps/organisation/scales.py
#: steerco/apps/raid/models/issues.py
msgid "critical"
msgstr "kritisch"

#: steerco/apps/change/models.py steerco/apps/change/registers.py
#: steerco/apps/escalation/models.py steerco/apps/governance/models.py
msgid "decision"
msgstr "Entscheidung"

#: steerco/apps/change/models.py steerco/apps/deliverables/models.py
#: steerco/apps/initiatives/models.py steerco/apps/raid/models/issues.py
#: steerco/apps/raid/models/lessons.py
msgid "type"
msgstr "Art"

#: steerco/apps/change/models.py
msgid "minor or major"
msgstr "klein oder groß"

#: steerco/apps/change/models.py steerco/apps/office/models.py
#: steerco/apps/raid/models/actions.py steerco/apps/raid/models/conflicts.py
#: steerco/apps/raid/models/issues.py steerco/apps/raid/models/obstacles.py
msgid "priority"
msgstr "Priorität"

#: steerco/apps/change/models.py
msgid "requested by"
msgstr "beantragt von"

#: steerco/apps/change/models.py
msgid "requested on"
msgstr "beantragt am"

#: steerco/apps/change/models.py
msgid "why it is wanted"
msgstr "warum sie gewünscht ist"

#: steerco/apps/change/models.py
msgid "what changes"
msgstr "was sich ändert"

#: steerco/apps/change/models.py
msgid "contract notice number"
msgstr "Nummer der Vertragsanzeige"

#: steerco/apps/change/models.py
msgid "cost of assessing"
msgstr "Kosten der Prüfung"

#: steerco/apps/change/models.py
msgid "effect on scope"
msgstr "Wirkung auf den Umfang"

#: steerco/apps/change/models.py
msgid "effect on quality"
msgstr "Wirkung auf die Qualität"

#: steerco/apps/change/models.py
msgid "effect on benefits"
msgstr "Wirkung auf den Nutzen"

#: steerco/apps/change/models.py
msgid "effect on risk"
msgstr "Wirkung auf Risiken"

#: steerco/apps/change/models.py
msgid "effect on people and resources"
msgstr "Wirkung auf Personal und Ressourcen"

#: steerco/apps/change/models.py
msgid "if it is not done"
msgstr "wenn sie unterbleibt"

#: steerco/apps/change/models.py
msgid "why it could not wait"
msgstr "warum es nicht warten konnte"

#: steerco/apps/change/models.py
msgid "implemented on"
msgstr "umgesetzt am"

#: steerco/apps/change/models.py steerco/apps/deliverables/models.py
msgid "verified on"
msgstr "bestätigt am"

#: steerco/apps/change/models.py
msgid "change request"
msgstr "Änderungsantrag"

#: steerco/apps/change/models.py
msgid "change requests"
msgstr "Änderungsanträge"

#: steerco/apps/change/models.py steerco/apps/escalation/models.py
#: steerco/apps/escalation/papers.py steerco/apps/raid/models/appetite.py
msgid "An amount needs its currency."
msgstr "Ein Betrag braucht seine Währung."

#: steerco/apps/change/models.py
msgid "It is verified after it was implemented."
msgstr "Überprüft wird nach der Umsetzung."

#: steerco/apps/change/models.py
msgid "baseline of a milestone"
msgstr "Basisplan eines Meilensteins"

#: steerco/apps/change/models.py steerco/apps/initiatives/models.py
msgid "planned start"
msgstr "geplanter Beginn"

#: steerco/apps/change/models.py steerco/apps/initiatives/models.py
msgid "planned end"
msgstr "geplantes Ende"

#: steerco/apps/change/models.py
msgid "description of the scope"
msgstr "Beschreibung des Umfangs"

#: steerco/apps/change/models.py steerco/apps/planning/models.py
#: steerco/apps/planning/registers.py
msgid "milestone"
msgstr "Meilenstein"

#: steerco/apps/change/models.py
msgid "old date"
msgstr "altes Datum"

#: steerco/apps/change/models.py
msgid "new date"
msgstr "neues Datum"

#: steerco/apps/change/models.py
msgid "old text"
msgstr "alter Text"

#: steerco/apps/change/models.py
msgid "new text"
msgstr "neuer Text"

#: steerco/apps/change/models.py
msgid "applied on"
msgstr "übernommen am"

#: steerco/apps/change/models.py
msgid "change of a baseline"
msgstr "Änderung eines Basisplans"

#: steerco/apps/change/models.py
msgid "changes of baselines"
msgstr "Änderungen von Basisplänen"

#: steerco/apps/change/models.py steerco/apps/change/services.py
msgid "This stands here already."
msgstr "Das steht hier schon."

#: steerco/apps/change/models.py steerco/apps/change/services.py
msgid "Name the milestone."
msgstr "Den Meilenstein nennen."

#: steerco/apps/change/models.py
msgid "Write the new text."
msgstr "Den neuen Text schreiben."

#: steerco/apps/change/models.py
msgid "Say the new date."
msgstr "Das neue Datum nennen."

#: steerco/apps/change/openings.py
msgid "Open a change request"
msgstr "Änderungsantrag stellen"

#: steerco/apps/change/panels.py
#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/change/templates/change/effect.html
msgid "Effect of approved changes"
msgstr "Wirkung genehmigter Änderungen"

#: steerco/apps/change/panels.py
#: steerco/apps/change/templates/change/_waiting.html
msgid "Changes to decide"
msgstr "Zu entscheidende Änderungen"

#: steerco/apps/change/panels.py
msgid "Requirements it touches"
msgstr "Betroffene Anforderungen"

#: steerco/apps/change/panels.py
msgid "Change requests that touch it"
msgstr "Änderungsanträge, die sie betreffen"

#: steerco/apps/change/panels.py
#: steerco/apps/change/templates/change/_lines.html
#: steerco/apps/change/templates/change/baseline.html
msgid "What it does to the baseline"
msgstr "Wirkung auf den Basisplan"

#: steerco/apps/change/registers.py steerco/apps/change/reminders.py
msgid "Change request"
msgstr "Änderungsantrag"

#: steerco/apps/change/registers.py steerco/apps/cycles/kinds.py
msgid "Change requests"
msgstr "Änderungsanträge"

#: steerco/apps/change/registers.py
msgid "What is to differ from what was agreed: asked for, weighed, decided, done."
msgstr "Was vom Vereinbarten abweichen soll: beantragt, abgewogen, entschieden, umgesetzt."

#: steerco/apps/change/registers.py steerco/apps/escalation/models.py
msgid "change"
msgstr "Änderung"

#: steerco/apps/change/registers.py steerco/apps/office/registers.py
msgid "Who looks after it."
msgstr "Wer sich darum kümmert."

#: steerco/apps/change/registers.py
msgid "By the organisation's own rule."
msgstr "Nach der eigenen Regel der Organisation."

#: steerco/apps/change/registers.py
msgid "What it costs to find out what it costs."
msgstr "Was es kostet, die Kosten herauszufinden."

#: steerco/apps/change/registers.py
msgid "effect on the end, working days"
msgstr "Wirkung auf das Ende, Arbeitstage"

#: steerco/apps/change/registers.py
msgid "effect on cost"
msgstr "Wirkung auf die Kosten"

#: steerco/apps/change/registers.py
msgid "requirements it touches"
msgstr "betroffene Anforderungen"

#: steerco/apps/change/registers.py
msgid "Named on its page, in the panel of that name."
msgstr "Auf der Seite des Antrags zu nennen, im Feld gleichen Namens."

#: steerco/apps/change/registers.py steerco/apps/escalation/papers.py
#: steerco/apps/governance/registers.py steerco/apps/raid/models/conflicts.py
#: steerco/apps/raid/models/issues.py
msgid "options"
msgstr "Möglichkeiten"

#: steerco/apps/change/registers.py
msgid "The authority. Left empty, tolerances and decision rights say who."
msgstr "Die entscheidende Stelle. Bleibt das Feld leer, sagen Toleranzen und Entscheidungsrechte, wer es ist."

#: steerco/apps/change/registers.py
msgid "Who has to agree where two people decide, or where the decider wrote the request."
msgstr "Wer zustimmen muss, wenn zwei entscheiden oder wenn der Antrag von der entscheidenden Person stammt."

#: steerco/apps/change/registers.py steerco/apps/governance/registers.py
msgid "days to decide"
msgstr "Tage bis zur Entscheidung"

#: steerco/apps/change/registers.py steerco/apps/governance/registers.py
msgid "From the asking to the meeting."
msgstr "Von der Anfrage bis zur Sitzung."

#: steerco/apps/change/registers.py steerco/apps/cycles/registers.py
#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/deliverables/registers.py steerco/apps/governance/registers.py
#: steerco/apps/initiatives/registers.py
#: steerco/apps/links/templates/links/_comments.html
#: steerco/apps/office/registers.py steerco/apps/planning/registers.py
#: steerco/apps/raid/registers/actions.py
#: steerco/apps/raid/registers/assumptions.py
#: steerco/apps/raid/registers/conflicts.py
#: steerco/apps/raid/registers/contingency.py
#: steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/registers/issues.py steerco/apps/raid/registers/lessons.py
#: steerco/apps/raid/registers/obstacles.py
#: steerco/apps/raid/registers/risks.py steerco/apps/stakeholders/registers.py
#: steerco/kit/registers/recordpage.py
msgid "changed"
msgstr "geändert"

#: steerco/apps/change/registers.py
msgid "What is to change"
msgstr "Was sich ändern soll"

#: steerco/apps/change/registers.py steerco/apps/cycles/registers.py
#: steerco/apps/deliverables/registers.py steerco/apps/escalation/registers.py
#: steerco/apps/governance/registers.py steerco/apps/planning/registers.py
#: steerco/apps/raid/registers/actions.py
#: steerco/apps/raid/registers/assumptions.py
#: steerco/apps/raid/registers/conflicts.py
#: steerco/apps/raid/registers/contingency.py
#: steerco/apps/raid/registers/issues.py
#: steerco/apps/raid/registers/obstacles.py
#: steerco/apps/raid/registers/risks.py
msgid "Who and when"
msgstr "Wer und wann"

#: steerco/apps/change/registers.py
msgid "What it does"
msgstr "Was sie bewirkt"

#: steerco/apps/change/registers.py
#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/escalation/panels.py
#: steerco/apps/escalation/templates/escalation/authority.html
#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/apps/governance/templates/governance/overview.html
msgid "Who decides"
msgstr "Wer entscheidet"

#: steerco/apps/change/registers.py steerco/apps/cycles/kinds.py
#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
#: steerco/apps/escalation/templates/escalation/_recorded.html
#: steerco/apps/governance/registers.py
msgid "What was decided"
msgstr "Was entschieden wurde"

#: steerco/apps/change/registers.py
#: steerco/apps/office/templates/office/_time.html
msgid "What was done"
msgstr "Was getan wurde"

#: steerco/apps/change/registers.py steerco/apps/governance/panels.py
#: steerco/apps/governance/registers.py
#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/exchange/packs/labels.py
msgid "Decisions wanted"
msgstr "Gewünschte Entscheidungen"

#: steerco/apps/change/registers.py
msgid "Emergencies to approve"
msgstr "Zu genehmigende Notfälle"

#: steerco/apps/change/registers.py
msgid "Change log"
msgstr "Änderungsverzeichnis"

#: steerco/apps/change/registers.py
msgid "Approved, to be done"
msgstr "Genehmigt, noch umzusetzen"

#: steerco/apps/change/registers.py
#: steerco/apps/indicators/templates/indicators/_counts.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/imports/views/runs.py
msgid "Rejected"
msgstr "Abgelehnt"

#: steerco/apps/change/registers.py
msgid "Major"
msgstr "Groß"

#: steerco/apps/change/registers.py steerco/apps/cycles/registers.py
#: steerco/apps/deliverables/registers.py
#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/governance/registers.py steerco/apps/planning/registers.py
#: steerco/apps/raid/registers/actions.py
#: steerco/apps/raid/registers/assumptions.py
#: steerco/apps/raid/registers/conflicts.py
#: steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/registers/issues.py
#: steerco/apps/raid/registers/obstacles.py
#: steerco/apps/raid/registers/risks.py steerco/apps/stakeholders/registers.py
msgid "Mine"
msgstr "Meine"

#: steerco/apps/change/reminders.py
#, python-format
msgid "Decide the change: %(title)s"
msgstr "Änderung entscheiden: %(title)s"

#: steerco/apps/change/services.py steerco/apps/escalation/deciding.py
#: steerco/apps/escalation/paper_views.py
msgid "This was put to the decision as it stands. Take the paper back to change it."
msgstr "Das liegt so zur Entscheidung vor. Zum Ändern die Vorlage zurückziehen."

#: steerco/apps/change/services.py
msgid "It stands outside of the initiative that is to change."
msgstr "Er steht außerhalb des Vorhabens, das sich ändern soll."

#: steerco/apps/change/states.py steerco/apps/deliverables/states.py
#: steerco/apps/governance/states.py steerco/apps/raid/states.py
msgid "draft"
msgstr "Entwurf"

#: steerco/apps/change/states.py
msgid "submitted"
msgstr "eingereicht"

#: steerco/apps/change/states.py
msgid "more information wanted"
msgstr "weitere Angaben nötig"

#: steerco/apps/change/states.py
msgid "impact assessed"
msgstr "Auswirkung geprüft"

#: steerco/apps/change/states.py steerco/apps/governance/states.py
msgid "decision wanted"
msgstr "Entscheidung nötig"

#: steerco/apps/change/states.py
msgid "emergency: done, approval pending"
msgstr "Notfall: umgesetzt, Genehmigung steht aus"

#: steerco/apps/change/states.py
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/governance/states.py
msgid "recorded, to be confirmed"
msgstr "festgehalten, noch zu bestätigen"

#: steerco/apps/change/states.py steerco/apps/cycles/states.py
#: steerco/apps/deliverables/bodies.py steerco/apps/deliverables/models.py
#: steerco/apps/finance/models.py
#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/initiatives/states.py steerco/apps/raid/states.py
msgid "approved"
msgstr "genehmigt"

#: steerco/apps/change/states.py steerco/apps/deliverables/bodies.py
#: steerco/apps/deliverables/models.py
msgid "approved with conditions"
msgstr "mit Auflagen genehmigt"

#: steerco/apps/change/states.py steerco/apps/governance/states.py
msgid "deferred"
msgstr "zurückgestellt"

#: steerco/apps/change/states.py steerco/apps/deliverables/states.py
msgid "rejected"
msgstr "abgelehnt"

#: steerco/apps/change/states.py
msgid "being implemented"
msgstr "in Umsetzung"

#: steerco/apps/change/states.py steerco/apps/deliverables/states.py
msgid "verified"
msgstr "bestätigt"

#: steerco/apps/change/states.py steerco/apps/deliverables/models.py
#: steerco/apps/escalation/models.py steerco/apps/followups/models.py
#: steerco/apps/governance/states.py steerco/apps/office/states.py
#: steerco/apps/raid/states.py
msgid "withdrawn"
msgstr "zurückgezogen"

#: steerco/apps/change/states.py steerco/apps/cycles/states.py
#: steerco/apps/cycles/templates/cycles/write.html
msgid "Submit"
msgstr "Einreichen"

#: steerco/apps/change/states.py
msgid "Impact assessed"
msgstr "Auswirkung geprüft"

#: steerco/apps/change/states.py steerco/apps/governance/states.py
msgid "Ask for the decision"
msgstr "Entscheidung anfragen"

#: steerco/apps/change/states.py
msgid "Done in an emergency"
msgstr "Im Notfall umgesetzt"

#: steerco/apps/change/states.py steerco/apps/governance/states.py
#: steerco/apps/office/templates/office/_time.html
#: steerco/apps/raid/templates/raid/_lessons.html
msgid "Take back"
msgstr "Zurückziehen"

#: steerco/apps/change/states.py
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/governance/states.py steerco/apps/office/states.py
#: steerco/apps/raid/states.py
msgid "Withdraw"
msgstr "Zurückziehen"

#: steerco/apps/change/states.py
msgid "Start implementing"
msgstr "Umsetzung beginnen"

#: steerco/apps/change/states.py steerco/apps/deliverables/states.py
#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Verified"
msgstr "Bestätigt"

#: steerco/apps/change/states.py steerco/apps/deliverables/states.py
#: steerco/apps/governance/states.py steerco/apps/office/states.py
#: steerco/apps/planning/states.py steerco/apps/raid/states.py
msgid "Reopen"
msgstr "Wieder öffnen"

#: steerco/apps/change/templates/change/_baseline.html
msgid "The approval has written these values."
msgstr "Die Genehmigung hat diese Werte geschrieben."

#: steerco/apps/change/templates/change/_baseline.html
msgid "Nothing of this holds before the change is approved."
msgstr "Nichts davon gilt, bevor die Änderung genehmigt ist."

#: steerco/apps/change/templates/change/_baseline.html
msgid "It names no date and no text that was agreed."
msgstr "Kein vereinbartes Datum und kein vereinbarter Text ist genannt."

#: steerco/apps/change/templates/change/_baseline.html
msgid "Name what changes"
msgstr "Sagen, was sich ändert"

#: steerco/apps/change/templates/change/_lines.html
#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/templates/deliverables/_put_down.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/links/templates/links/_relations.html
#: steerco/apps/planning/registers.py steerco/apps/raid/registers/actions.py
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/_due.html
#: steerco/apps/raid/templates/raid/_reserve.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/exchange/packs/labels.py
msgid "What"
msgstr "Was"

#: steerco/apps/change/templates/change/_lines.html
msgid "Agreed until now"
msgstr "Bisher vereinbart"

#: steerco/apps/change/templates/change/_lines.html
#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/imports/views/runs.py
msgid "New"
msgstr "Neu"

#: steerco/apps/change/templates/change/_lines.html
#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/apps/raid/templates/raid/_enterprise_causes.html
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_reserve.html
msgid "Days"
msgstr "Tage"

#: steerco/apps/change/templates/change/_lines.html
msgid "Take out"
msgstr "Herausnehmen"

#: steerco/apps/change/templates/change/_requirements.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
#: steerco/apps/links/templates/links/_comments.html
#: steerco/apps/links/templates/links/_files.html
#: steerco/apps/links/templates/links/_relations.html
msgid "Remove"
msgstr "Entfernen"

#: steerco/apps/change/templates/change/_requirements.html
#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Requirement"
msgstr "Anforderung"

#: steerco/apps/change/templates/change/_requirements.html
#: steerco/apps/links/templates/links/_relations.html
msgid "Title or number"
msgstr "Titel oder Nummer"

#: steerco/apps/change/templates/change/_requirements.html
msgid "It touches this"
msgstr "Ist betroffen"

#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/apps/governance/templates/governance/overview.html
msgid "Needed by"
msgstr "Nötig bis"

#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/change/templates/change/effect.html
#: steerco/exchange/packs/labels.py
msgid "Change"
msgstr "Änderung"

#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/indicators/dimensions.py
#: steerco/apps/indicators/templates/indicators/_rows.html
msgid "Cost"
msgstr "Kosten"

#: steerco/apps/change/templates/change/_waiting.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/followups/templates/followups/_awaited_row.html
#: steerco/apps/followups/templates/followups/_work.html
#: steerco/apps/followups/templates/followups/_work_row.html
#: steerco/apps/followups/views.py
#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/hygiene/rules.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/office/selectors.py
#: steerco/apps/office/templates/office/_due.html
#: steerco/apps/planning/templates/planning/_next.html
#: steerco/apps/raid/templates/raid/_day.html
#: steerco/apps/raid/templates/raid/_due.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "overdue"
msgstr "überfällig"

#: steerco/apps/change/templates/change/_waiting.html
msgid "done, approval pending"
msgstr "umgesetzt, Genehmigung steht aus"

#: steerco/apps/change/templates/change/_waiting.html
#, python-format
msgid "%(count)s change"
msgid_plural "%(count)s changes"
msgstr[0] "%(count)s Änderung"
msgstr[1] "%(count)s Änderungen"

#: steerco/apps/change/templates/change/baseline.html
msgid "Back to the request"
msgstr "Zurück zum Antrag"

#: steerco/apps/change/templates/change/baseline.html
msgid "An approval writes these values in the same moment; what stood there until then is kept."
msgstr "Die Genehmigung schreibt diese Werte im selben Augenblick; was bis dahin dort stand, bleibt erhalten."

#: steerco/apps/change/templates/change/baseline.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Add"
msgstr "Hinzufügen"

#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html
#: steerco/apps/deliverables/templates/deliverables/checklist.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/finance/templates/finance/_crumbs.html
#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/links/templates/links/open.html
#: steerco/apps/office/templates/office/own.html
#: steerco/apps/organisation/templates/organisation/field.html
#: steerco/apps/people/templates/people/succeed.html
#: steerco/apps/planning/templates/planning/_crumbs.html
#: steerco/apps/planning/templates/planning/plans.html
#: steerco/apps/raid/templates/raid/board.html
#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/matrix.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/raid/templates/raid/raise.html
#: steerco/apps/reporting/templates/reporting/pack.html
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/pages/templates/pages/base.html
#: steerco/kit/registers/templates/registers/record.html
msgid "Where you are"
msgstr "Wo Sie sind"

#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/office/templates/office/queue.html
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/board.html
#: steerco/apps/raid/templates/raid/matrix.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "As a list"
msgstr "Als Liste"

#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/escalation/papers.py steerco/apps/indicators/dimensions.py
#: steerco/apps/office/templates/office/figures.html
msgid "Scope"
msgstr "Umfang"

#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/office/templates/office/figures.html
#: steerco/apps/office/templates/office/queue.html
#: steerco/apps/raid/templates/raid/board.html
#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/matrix.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Show the whole organisation"
msgstr "Ganze Organisation zeigen"

#: steerco/apps/change/templates/change/effect.html
msgid "What became of the requests"
msgstr "Was aus den Anträgen wurde"

#: steerco/apps/change/templates/change/effect.html
msgid "No change was asked for yet."
msgstr "Noch keine Änderung beantragt."

#: steerco/apps/change/templates/change/effect.html
msgid "working days granted"
msgstr "Arbeitstage gewährt"

#: steerco/apps/change/templates/change/effect.html
msgid "granted"
msgstr "gewährt"

#: steerco/apps/change/templates/change/effect.html
msgid "Days are those by which each approved change moves the end of its own initiative."
msgstr "Tage sind die, um die jede genehmigte Änderung das Ende ihres eigenen Vorhabens verschiebt."

#: steerco/apps/change/templates/change/effect.html
msgid "Added up over time"
msgstr "Im Lauf der Zeit aufsummiert"

#: steerco/apps/change/templates/change/effect.html
msgid "One after the other"
msgstr "Eine nach der anderen"

#: steerco/apps/change/templates/change/effect.html
msgid "Decided on"
msgstr "Entschieden am"

#: steerco/apps/change/templates/change/effect.html
#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/governance/views.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/organisation/forms.py
#: steerco/apps/raid/templates/raid/_lesson_uses.html
msgid "Where"
msgstr "Wo"

#: steerco/apps/change/templates/change/effect.html
msgid "Days in all"
msgstr "Tage insgesamt"

#: steerco/apps/change/templates/change/effect.html
msgid "Cost in all"
msgstr "Kosten insgesamt"

#: steerco/apps/change/templates/change/effect.html
msgid "Baselines moved"
msgstr "Verschobene Basispläne"

#: steerco/apps/change/templates/change/effect.html
#, python-format
msgid "%(count)s more are not shown."
msgstr "%(count)s weitere sind nicht gezeigt."

#: steerco/apps/change/views.py
msgid "What changes"
msgstr "Was sich ändert"

#: steerco/apps/change/views.py steerco/apps/planning/measures.py
#: steerco/apps/planning/registers.py
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/_next.html
#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/exchange/packs/labels.py
msgid "Milestone"
msgstr "Meilenstein"

#: steerco/apps/change/views.py
msgid "New date"
msgstr "Neues Datum"

#: steerco/apps/change/views.py
msgid "New description of the scope"
msgstr "Neue Beschreibung des Umfangs"

#: steerco/apps/cycles/actions.py
msgid "Set the reporting calendars of what is below"
msgstr "Berichtskalender der Ebenen darunter festlegen"

#: steerco/apps/cycles/actions.py
msgid "Conclude a report: only a step of its cycle does"
msgstr "Einen Bericht abschließen: das tut nur ein Schritt seines Zyklus"

#: steerco/apps/cycles/corrections.py
msgid "Say what was wrong."
msgstr "Bitte sagen, was falsch war."

#: steerco/apps/cycles/corrections.py
msgid "Nothing differs from the edition that stands."
msgstr "Nichts weicht von der gültigen Ausgabe ab."

#: steerco/apps/cycles/corrections.py
#, python-format
msgid "Corrected: %(place)s, %(title)s. %(what)s"
msgstr "Berichtigt: %(place)s, %(title)s. %(what)s"

#: steerco/apps/cycles/corrections.py steerco/apps/cycles/panels.py
#: steerco/apps/cycles/registers.py
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/indicators/panels.py
#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Reports"
msgstr "Berichte"

#: steerco/apps/cycles/corrections.py
msgid "It was reported to you."
msgstr "Es wurde Ihnen berichtet."

#: steerco/apps/cycles/drafts.py
msgid "Nothing came. Load the page again."
msgstr "Es kam nichts an. Bitte die Seite neu laden."

#: steerco/apps/cycles/drafts.py
msgid "There is no such rating."
msgstr "Diese Ampel gibt es nicht."

#: steerco/apps/cycles/drafts.py steerco/exchange/portfolio/reading.py
msgid "This is no date."
msgstr "Das ist kein Datum."

#: steerco/apps/cycles/drafts.py
#, python-format
msgid "At most %(n)s characters; these are %(m)s."
msgstr "Höchstens %(n)s Zeichen; dies sind %(m)s."

#: steerco/apps/cycles/drafts.py
msgid "Say how it stands."
msgstr "Bitte sagen, wie es steht."

#: steerco/apps/cycles/drafts.py
msgid "The figures say worse. Explain the difference in a sentence."
msgstr "Die Zahlen sagen Schlechteres. Bitte den Unterschied in einem Satz erklären."

#: steerco/apps/cycles/drafts.py
msgid "Say how it gets back to green."
msgstr "Bitte sagen, wie es wieder grün wird."

#: steerco/apps/cycles/drafts.py
msgid "Say by when."
msgstr "Bitte sagen, bis wann."

#: steerco/apps/cycles/drafts.py
msgid "Say something here."
msgstr "Bitte hier etwas schreiben."

#: steerco/apps/cycles/frozen_views.py
msgid "Corrected. Whoever it was reported to is told."
msgstr "Berichtigt. Wem berichtet wurde, der erfährt es."

#: steerco/apps/cycles/frozen_views.py
msgid "Say when it is to be locked."
msgstr "Bitte sagen, wann gesperrt werden soll."

#: steerco/apps/cycles/frozen_views.py
msgid "Moved. Whoever still reports has until then."
msgstr "Verschoben. Wer noch berichtet, hat bis dahin Zeit."

#: steerco/apps/cycles/kinds.py
msgid "What was achieved"
msgstr "Was erreicht wurde"

#: steerco/apps/cycles/kinds.py
msgid "What is reached, delivered and done stands here already. Add what nobody else knows."
msgstr "Was erreicht, geliefert und erledigt ist, steht schon hier. Ergänzen Sie, was sonst niemand weiß."

#: steerco/apps/cycles/kinds.py
msgid "What comes next"
msgstr "Was als Nächstes kommt"

#: steerco/apps/cycles/kinds.py
msgid "What is due in the next period stands here already."
msgstr "Was im nächsten Zeitraum fällig ist, steht schon hier."

#: steerco/apps/cycles/kinds.py
msgid "What slipped, and why"
msgstr "Was sich verschoben hat, und warum"

#: steerco/apps/cycles/kinds.py
msgid "Say why, in a sentence."
msgstr "Bitte in einem Satz sagen, warum."

#: steerco/apps/cycles/kinds.py
msgid "Risks and issues"
msgstr "Risiken und offene Punkte"

#: steerco/apps/cycles/kinds.py
msgid "What is new, worse or closed."
msgstr "Was neu, schlechter oder geschlossen ist."

#: steerco/apps/cycles/kinds.py steerco/apps/finance/exporting.py
#: steerco/apps/finance/panels.py
#: steerco/apps/finance/templates/finance/_crumbs.html
#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/templates/finance/upload.html
#: steerco/exchange/packs/labels.py steerco/site/navigation.py
msgid "Money"
msgstr "Geld"

#: steerco/apps/cycles/kinds.py
msgid "Why the forecast moved."
msgstr "Warum sich die Prognose bewegt hat."

#: steerco/apps/cycles/kinds.py
msgid "Decisions and help wanted"
msgstr "Gewünschte Entscheidungen und Hilfe"

#: steerco/apps/cycles/kinds.py
msgid "What the level above has to decide or to do, and by when."
msgstr "Was die Ebene darüber entscheiden oder tun muss, und bis wann."

#: steerco/apps/cycles/kinds.py steerco/apps/raid/registers/lessons.py
msgid "Lessons"
msgstr "Lehren"

#: steerco/apps/cycles/kinds.py
msgid "What others should know."
msgstr "Was andere wissen sollten."

#: steerco/apps/cycles/kinds.py
msgid "Follow-ups of the last report"
msgstr "Was aus dem letzten Bericht wurde"

#: steerco/apps/cycles/kinds.py
msgid "Cause of the exception"
msgstr "Ursache der Ausnahme"

#: steerco/apps/cycles/kinds.py
msgid "What goes beyond tolerance, and why."
msgstr "Was die Toleranz überschreitet, und warum."

#: steerco/apps/cycles/kinds.py
msgid "Consequences"
msgstr "Folgen"

#: steerco/apps/cycles/kinds.py
msgid "If nothing is done."
msgstr "Wenn nichts getan wird."

#: steerco/apps/cycles/kinds.py
#: steerco/apps/escalation/templates/escalation/options.html
#: steerco/exchange/packs/labels.py
msgid "Options"
msgstr "Möglichkeiten"

#: steerco/apps/cycles/kinds.py
msgid "With their effect on time, cost, scope and benefit."
msgstr "Mit ihrer Wirkung auf Termin, Kosten, Umfang und Nutzen."

#: steerco/apps/cycles/kinds.py
#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/exchange/packs/labels.py
msgid "Recommendation"
msgstr "Empfehlung"

#: steerco/apps/cycles/kinds.py
msgid "Review of the business case"
msgstr "Prüfung der Wirtschaftlichkeit"

#: steerco/apps/cycles/kinds.py
msgid "Review of objectives and tolerances"
msgstr "Prüfung von Zielen und Toleranzen"

#: steerco/apps/cycles/kinds.py
msgid "What was delivered"
msgstr "Was geliefert wurde"

#: steerco/apps/cycles/kinds.py
msgid "Team"
msgstr "Team"

#: steerco/apps/cycles/kinds.py
msgid "Outlook"
msgstr "Ausblick"

#: steerco/apps/cycles/kinds.py
msgid "What happened since the last report"
msgstr "Was seit dem letzten Bericht geschah"

#: steerco/apps/cycles/kinds.py
msgid "A sentence is enough."
msgstr "Ein Satz genügt."

#: steerco/apps/cycles/kinds.py
msgid "When it may go on"
msgstr "Wann es weitergehen kann"

#: steerco/apps/cycles/kinds.py
msgid "A date, or what it depends on."
msgstr "Ein Datum, oder wovon es abhängt."

#: steerco/apps/cycles/kinds.py
msgid "In short"
msgstr "In Kürze"

#: steerco/apps/cycles/kinds.py
msgid "What the reader has to know, in a few sentences."
msgstr "Was man wissen muss, in wenigen Sätzen."

#: steerco/apps/cycles/kinds.py
msgid "What the level above has to decide or to do."
msgstr "Was die Ebene darüber entscheiden oder tun muss."

#: steerco/apps/cycles/kinds.py
msgid "What moved"
msgstr "Was sich bewegt hat"

#: steerco/apps/cycles/kinds.py
msgid "Why, in a sentence."
msgstr "Warum, in einem Satz."

#: steerco/apps/cycles/kinds.py steerco/apps/raid/panels.py
#: steerco/apps/raid/registers/risks.py
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html
#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/exchange/packs/labels.py
msgid "Top risks"
msgstr "Größte Risiken"

#: steerco/apps/cycles/kinds.py
msgid "Milestones of the next ninety days"
msgstr "Meilensteine der nächsten neunzig Tage"

#: steerco/apps/cycles/kinds.py
msgid "Weekly workstream report"
msgstr "Wochenbericht des Teilprojekts"

#: steerco/apps/cycles/kinds.py
msgid "Short report"
msgstr "Kurzbericht"

#: steerco/apps/cycles/kinds.py
msgid "Checkpoint report"
msgstr "Kontrollpunktbericht"

#: steerco/apps/cycles/kinds.py
msgid "Highlight report"
msgstr "Projektstatusbericht"

#: steerco/apps/cycles/kinds.py
msgid "Monthly report"
msgstr "Monatsbericht"

#: steerco/apps/cycles/kinds.py
msgid "Exception report"
msgstr "Ausnahmebericht"

#: steerco/apps/cycles/kinds.py
msgid "End stage report"
msgstr "Phasenabschlussbericht"

#: steerco/apps/cycles/kinds.py
msgid "End project report"
msgstr "Projektabschlussbericht"

#: steerco/apps/cycles/kinds.py steerco/apps/initiatives/registers.py
msgid "On hold"
msgstr "Ruhend"

#: steerco/apps/cycles/kinds.py
msgid "Since the last report"
msgstr "Seit dem letzten Bericht"

#: steerco/apps/cycles/kinds.py steerco/apps/cycles/templates/cycles/cycle.html
msgid "Consolidated report"
msgstr "Konsolidierter Bericht"

#: steerco/apps/cycles/models.py steerco/apps/indicators/indicators.py
msgid "Green"
msgstr "Grün"

#: steerco/apps/cycles/models.py steerco/apps/indicators/indicators.py
msgid "Amber/green"
msgstr "Gelb/Grün"

#: steerco/apps/cycles/models.py steerco/apps/indicators/indicators.py
msgid "Amber"
msgstr "Gelb"

#: steerco/apps/cycles/models.py steerco/apps/indicators/indicators.py
msgid "Amber/red"
msgstr "Gelb/Rot"

#: steerco/apps/cycles/models.py steerco/apps/indicators/indicators.py
#: steerco/exchange/packs/labels.py
msgid "Red"
msgstr "Rot"

#: steerco/apps/cycles/models.py steerco/apps/indicators/models.py
#: steerco/exchange/packs/labels.py
msgid "not started"
msgstr "nicht begonnen"

#: steerco/apps/cycles/models.py steerco/apps/indicators/models.py
#: steerco/apps/initiatives/states.py steerco/exchange/packs/labels.py
msgid "on hold"
msgstr "ruhend"

#: steerco/apps/cycles/models.py steerco/apps/indicators/models.py
#: steerco/exchange/packs/labels.py
msgid "complete"
msgstr "abgeschlossen"

#: steerco/apps/cycles/models.py
msgid "what stands directly below"
msgstr "was direkt darunter steht"

#: steerco/apps/cycles/models.py
msgid "workstreams below"
msgstr "Teilprojekte darunter"

#: steerco/apps/cycles/models.py
msgid "projects below"
msgstr "Projekte darunter"

#: steerco/apps/cycles/models.py
msgid "everything below"
msgstr "alles darunter"

#: steerco/apps/cycles/models.py
#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "itself"
msgstr "selbst"

#: steerco/apps/cycles/models.py steerco/apps/escalation/models.py
#: steerco/apps/finance/models.py steerco/apps/governance/models.py
#: steerco/apps/indicators/models.py steerco/apps/initiatives/models.py
#: steerco/apps/raid/models/appetite.py
msgid "initiative"
msgstr "Vorhaben"

#: steerco/apps/cycles/models.py steerco/apps/cycles/registers.py
#: steerco/apps/stakeholders/models.py
msgid "report"
msgstr "Bericht"

#: steerco/apps/cycles/models.py steerco/apps/deliverables/models.py
#: steerco/apps/organisation/models.py
msgid "kind"
msgstr "Art"

#: steerco/apps/cycles/models.py steerco/apps/cycles/registers.py
msgid "who reports"
msgstr "wer berichtet"

#: steerco/apps/cycles/models.py
msgid "asks for reports of its own"
msgstr "fragt eigene Berichte ab"

#: steerco/apps/cycles/models.py
msgid "how often"
msgstr "wie oft"

#: steerco/apps/cycles/models.py steerco/apps/stakeholders/models.py
msgid "weekly"
msgstr "wöchentlich"

#: steerco/apps/cycles/models.py steerco/apps/stakeholders/models.py
msgid "every two weeks"
msgstr "alle zwei Wochen"

#: steerco/apps/cycles/models.py steerco/apps/stakeholders/models.py
msgid "monthly"
msgstr "monatlich"

#: steerco/apps/cycles/models.py steerco/apps/stakeholders/models.py
msgid "quarterly"
msgstr "vierteljährlich"

#: steerco/apps/cycles/models.py
msgid "on own dates"
msgstr "an eigenen Terminen"

#: steerco/apps/cycles/models.py
msgid "a period ends on"
msgstr "ein Zeitraum endet am"

#: steerco/apps/cycles/models.py
msgid "own dates"
msgstr "eigene Termine"

#: steerco/apps/cycles/models.py
msgid "opens, working days after the period"
msgstr "öffnet, Arbeitstage nach dem Zeitraum"

#: steerco/apps/cycles/models.py
msgid "due, working days after the period"
msgstr "fällig, Arbeitstage nach dem Zeitraum"

#: steerco/apps/cycles/models.py
msgid "reviewed, working days after the period"
msgstr "geprüft, Arbeitstage nach dem Zeitraum"

#: steerco/apps/cycles/models.py
msgid "locked, working days after the period"
msgstr "gesperrt, Arbeitstage nach dem Zeitraum"

#: steerco/apps/cycles/models.py
msgid "published, working days after the period"
msgstr "veröffentlicht, Arbeitstage nach dem Zeitraum"

#: steerco/apps/cycles/models.py
msgid "locked at, hour"
msgstr "gesperrt um, Stunde"

#: steerco/apps/cycles/models.py steerco/apps/deliverables/models.py
msgid "reviewer"
msgstr "geprüft von"

#: steerco/apps/cycles/models.py
msgid "who consolidates"
msgstr "wer konsolidiert"

#: steerco/apps/cycles/models.py steerco/apps/escalation/models.py
#: steerco/apps/initiatives/models.py steerco/kit/registers/filters.py
msgid "from"
msgstr "von"

#: steerco/apps/cycles/models.py steerco/apps/escalation/models.py
#: steerco/apps/initiatives/models.py steerco/kit/registers/filters.py
msgid "to"
msgstr "bis"

#: steerco/apps/cycles/models.py
msgid "reporting calendar"
msgstr "Berichtskalender"

#: steerco/apps/cycles/models.py
msgid "reporting calendars"
msgstr "Berichtskalender"

#: steerco/apps/cycles/models.py steerco/apps/escalation/models.py
msgid "It cannot end before it begins."
msgstr "Das Ende kann nicht vor dem Anfang liegen."

#: steerco/apps/cycles/models.py
#, python-format
msgid "Take at most %(n)s working days."
msgstr "Höchstens %(n)s Arbeitstage."

#: steerco/apps/cycles/models.py
msgid "A report is opened, due, reviewed, locked and published in this order."
msgstr "Ein Bericht wird in dieser Reihenfolge geöffnet, fällig, geprüft, gesperrt und veröffentlicht."

#: steerco/apps/cycles/models.py
msgid "Write one date a line, as 2026-12-31."
msgstr "Bitte ein Datum je Zeile schreiben, etwa 2026-12-31."

#: steerco/apps/cycles/models.py
msgid "Write the last day of each period, one a line."
msgstr "Bitte den letzten Tag jedes Zeitraums schreiben, einen je Zeile."

#: steerco/apps/cycles/models.py
msgid "locked"
msgstr "gesperrt"

#: steerco/apps/cycles/models.py
msgid "published"
msgstr "veröffentlicht"

#: steerco/apps/cycles/models.py
msgid "period from"
msgstr "Zeitraum von"

#: steerco/apps/cycles/models.py
msgid "period to"
msgstr "Zeitraum bis"

#: steerco/apps/cycles/models.py steerco/apps/indicators/models.py
#: steerco/apps/initiatives/models.py steerco/apps/planning/models.py
#: steerco/kit/imports/models.py steerco/kit/jobs/models.py
msgid "state"
msgstr "Status"

#: steerco/apps/cycles/models.py
msgid "opened at"
msgstr "geöffnet am"

#: steerco/apps/cycles/models.py steerco/apps/office/models.py
msgid "due on"
msgstr "fällig am"

#: steerco/apps/cycles/models.py
msgid "reviewed by"
msgstr "geprüft bis"

#: steerco/apps/cycles/models.py
msgid "locked at"
msgstr "gesperrt am"

#: steerco/apps/cycles/models.py
msgid "published on"
msgstr "veröffentlicht am"

#: steerco/apps/cycles/models.py
msgid "why it was moved"
msgstr "warum verschoben"

#: steerco/apps/cycles/models.py
msgid "reporting cycle"
msgstr "Berichtszyklus"

#: steerco/apps/cycles/models.py
msgid "reporting cycles"
msgstr "Berichtszyklen"

#: steerco/apps/cycles/models.py steerco/apps/deliverables/registers.py
#: steerco/apps/indicators/models.py
#: steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/registers/risks.py
msgid "rating"
msgstr "Ampel"

#: steerco/apps/cycles/models.py
msgid "computed"
msgstr "errechnet"

#: steerco/apps/cycles/models.py
msgid "in a sentence"
msgstr "in einem Satz"

#: steerco/apps/cycles/models.py
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "no change"
msgstr "unverändert"

#: steerco/apps/cycles/models.py
msgid "submitted at"
msgstr "eingereicht am"

#: steerco/apps/cycles/models.py
msgid "times sent back"
msgstr "wie oft zurückgegeben"

#: steerco/apps/cycles/models.py
msgid "reports"
msgstr "Berichte"

#: steerco/apps/cycles/models.py
msgid "edition"
msgstr "Ausgabe"

#: steerco/apps/cycles/models.py
msgid "hash"
msgstr "Prüfsumme"

#: steerco/apps/cycles/models.py
msgid "frozen at"
msgstr "eingefroren am"

#: steerco/apps/cycles/models.py
msgid "frozen by"
msgstr "eingefroren von"

#: steerco/apps/cycles/models.py
msgid "reviewed"
msgstr "geprüft"

#: steerco/apps/cycles/models.py
msgid "what was wrong"
msgstr "was falsch war"

#: steerco/apps/cycles/registers.py
msgid "Reporting calendar"
msgstr "Berichtskalender"

#: steerco/apps/cycles/registers.py
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Reporting calendars"
msgstr "Berichtskalender"

#: steerco/apps/cycles/registers.py
msgid "Who reports about what, how often and by when. A calendar on a programme asks what lies below it; a nearer one of the same kind takes its place."
msgstr "Wer worüber berichtet, wie oft und bis wann. Ein Kalender an einem Programm fragt, was darunter liegt; ein näherer derselben Art tritt an seine Stelle."

#: steerco/apps/cycles/registers.py
msgid "For example: weekly report."
msgstr "Zum Beispiel: Wochenbericht."

#: steerco/apps/cycles/registers.py
msgid "No: it takes the last frozen report of each, whatever its rhythm, says how old it is, and asks for a sentence where that is more than a period."
msgstr "Nein: Es gilt der letzte eingefrorene Bericht eines jeden, gleich in welchem Rhythmus, mit seinem Alter; ist er älter als eine Periode, wird nach einem Satz gefragt."

#: steerco/apps/cycles/registers.py
msgid "The last day of any one period: a Friday, the last day of a month."
msgstr "Der letzte Tag irgendeines Zeitraums: ein Freitag, der letzte Tag eines Monats."

#: steerco/apps/cycles/registers.py
msgid "Only on own dates: the last day of each period, one a line."
msgstr "Nur bei eigenen Terminen: der letzte Tag jedes Zeitraums, einer je Zeile."

#: steerco/apps/cycles/registers.py
msgid "Below zero: before the period ends."
msgstr "Unter null: vor dem Ende des Zeitraums."

#: steerco/apps/cycles/registers.py
msgid "0 to 23."
msgstr "0 bis 23."

#: steerco/apps/cycles/registers.py
msgid "Empty: whoever leads the initiative of the calendar."
msgstr "Leer: wer das Vorhaben des Kalenders leitet."

#: steerco/apps/cycles/registers.py
msgid "What is reported"
msgstr "Was berichtet wird"

#: steerco/apps/cycles/registers.py
msgid "How often"
msgstr "Wie oft"

#: steerco/apps/cycles/registers.py
#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/write.html
msgid "By when"
msgstr "Bis wann"

#: steerco/apps/cycles/registers.py steerco/apps/cycles/reminders.py
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Report"
msgstr "Bericht"

#: steerco/apps/cycles/registers.py
msgid "The reports of all cycles, and those written once: exception, end of a stage, end of a project."
msgstr "Die Berichte aller Zyklen, und die einmaligen: Ausnahme, Ende einer Phase, Ende eines Projekts."

#: steerco/apps/cycles/registers.py
msgid "As declared; the figures stand beside it on the report."
msgstr "Wie erklärt; die Zahlen stehen im Bericht daneben."

#: steerco/apps/cycles/registers.py steerco/apps/initiatives/registers.py
msgid "What it is"
msgstr "Was es ist"

#: steerco/apps/cycles/registers.py
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Not reported"
msgstr "Nicht berichtet"

#: steerco/apps/cycles/reminders.py
#, python-format
msgid "Report on %(place)s: %(title)s"
msgstr "Bericht über %(place)s: %(title)s"

#: steerco/apps/cycles/reminders.py
#, python-format
msgid "Review the report on %(place)s: %(title)s"
msgstr "Bericht über %(place)s prüfen: %(title)s"

#: steerco/apps/cycles/reminders.py
msgid "You report on it."
msgstr "Sie berichten darüber."

#: steerco/apps/cycles/reminders.py
msgid "No change"
msgstr "Unverändert"

#: steerco/apps/cycles/reminders.py
msgid "Review of a report"
msgstr "Prüfung eines Berichts"

#: steerco/apps/cycles/reminders.py steerco/apps/deliverables/reminders.py
msgid "You review it."
msgstr "Sie prüfen es."

#: steerco/apps/cycles/reminders.py steerco/apps/cycles/states.py
#: steerco/apps/cycles/templates/cycles/read.html
msgid "Send back"
msgstr "Zurückgeben"

#: steerco/apps/cycles/services.py steerco/apps/escalation/services.py
#: steerco/apps/initiatives/records.py
msgid "Say where it belongs."
msgstr "Bitte angeben, wohin es gehört."

#: steerco/apps/cycles/services.py
msgid "Something has changed since the last report: look at it and submit it."
msgstr "Seit dem letzten Bericht hat sich etwas geändert: bitte ansehen und einreichen."

#: steerco/apps/cycles/services.py
msgid "Say what is to be done."
msgstr "Bitte sagen, was zu tun ist."

#: steerco/apps/cycles/states.py
msgid "to be written"
msgstr "zu schreiben"

#: steerco/apps/cycles/states.py
msgid "in review"
msgstr "in Prüfung"

#: steerco/apps/cycles/states.py
msgid "sent back"
msgstr "zurückgegeben"

#: steerco/apps/cycles/states.py
msgid "frozen"
msgstr "eingefroren"

#: steerco/apps/cycles/states.py steerco/apps/indicators/indicators.py
#: steerco/apps/reporting/published.py steerco/exchange/packs/labels.py
msgid "not reported"
msgstr "nicht berichtet"

#: steerco/apps/cycles/states.py
msgid "no longer needed"
msgstr "nicht mehr nötig"

#: steerco/apps/cycles/states.py
msgid "Freeze"
msgstr "Einfrieren"

#: steerco/apps/cycles/states.py
msgid "Close without a report"
msgstr "Ohne Bericht schließen"

#: steerco/apps/cycles/states.py
msgid "Close as no longer needed"
msgstr "Als nicht mehr nötig schließen"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html
msgid "What those below report"
msgstr "Was die Ebenen darunter berichten"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/deliverables/certificates.py steerco/apps/finance/exporting.py
#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/initiatives/registers.py
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_lesson_uses.html
#: steerco/apps/raid/templates/raid/_reserve_lines.html
#: steerco/exchange/packs/labels.py
msgid "Initiative"
msgstr "Vorhaben"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/deliverables/templates/deliverables/_next.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/indicators/templates/indicators/_costs.html
#: steerco/apps/indicators/templates/indicators/_ratings.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/exchange/packs/labels.py
msgid "Rating"
msgstr "Ampel"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/exchange/packs/labels.py
msgid "Computed"
msgstr "Errechnet"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/read.html
msgid "Last time"
msgstr "Letztes Mal"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/write.html
#: steerco/apps/reporting/published.py
msgid "In a sentence"
msgstr "In einem Satz"

#: steerco/apps/cycles/templates/cycles/_below.html
#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html
#: steerco/apps/reporting/published.py
msgid "Path to green"
msgstr "Weg zu Grün"

#: steerco/apps/cycles/templates/cycles/_below.html
#, python-format
msgid "last report %(n)s day before"
msgid_plural "last report %(n)s days before"
msgstr[0] "letzter Bericht %(n)s Tag davor"
msgstr[1] "letzter Bericht %(n)s Tage davor"

#: steerco/apps/cycles/templates/cycles/_below.html
msgid "Since then:"
msgstr "Seitdem:"

#: steerco/apps/cycles/templates/cycles/_facts.html
msgid "first"
msgstr "zuerst"

#: steerco/apps/cycles/templates/cycles/_facts.html
msgid "leave out"
msgstr "weglassen"

#: steerco/apps/cycles/templates/cycles/_reports.html
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "All reports"
msgstr "Alle Berichte"

#: steerco/apps/cycles/templates/cycles/_saved.html
#, python-format
msgid "Saved at %(time)s"
msgstr "Gespeichert um %(time)s"

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "Compare"
msgstr "Vergleichen"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html steerco/site/navigation.py
msgid "Reporting"
msgstr "Berichtswesen"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/exchange/packs/labels.py
msgid "What changed"
msgstr "Was sich geändert hat"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/reporting/templates/reporting/_pack.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/apps/reporting/views.py
msgid "Compared with"
msgstr "Verglichen mit"

#: steerco/apps/cycles/templates/cycles/compare.html
#, python-format
msgid "edition %(number)s"
msgstr "Ausgabe %(number)s"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html
msgid "How it stands"
msgstr "Wie es steht"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/exchange/packs/labels.py
msgid "Ratings"
msgstr "Ampeln"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/indicators/templates/indicators/_ratings.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Before"
msgstr "Vorher"

#: steerco/apps/cycles/templates/cycles/compare.html
#: steerco/apps/indicators/templates/indicators/_ratings.html
#: steerco/apps/office/templates/office/contact.html
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/apps/raid/matrix.py
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Now"
msgstr "Jetzt"

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "Said otherwise"
msgstr "Anders gesagt"

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "No longer there"
msgstr "Nicht mehr da"

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "Nothing else differs."
msgstr "Sonst weicht nichts ab."

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "There is nothing to compare with yet."
msgstr "Es gibt noch nichts zum Vergleichen."

#: steerco/apps/cycles/templates/cycles/compare.html
msgid "This is the first frozen report of its kind."
msgstr "Dies ist der erste eingefrorene Bericht seiner Art."

#: steerco/apps/cycles/templates/cycles/correct.html
msgid "Correct"
msgstr "Berichtigen"

#: steerco/apps/cycles/templates/cycles/correct.html
msgid "The frozen edition stays as it is. A newer one is frozen beside it, says what was wrong, and goes to whoever reported, reviewed and consolidated. The facts stay those of the day."
msgstr "Die eingefrorene Ausgabe bleibt, wie sie ist. Eine neuere wird daneben eingefroren, sagt, was falsch war, und geht an alle, die berichtet, geprüft und konsolidiert haben. Die Tatsachen bleiben die des Tages."

#: steerco/apps/cycles/templates/cycles/correct.html
msgid "What was wrong"
msgstr "Was falsch war"

#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/write.html
msgid "Why it differs from the figures"
msgstr "Warum es von den Zahlen abweicht"

#: steerco/apps/cycles/templates/cycles/correct.html
#: steerco/apps/cycles/templates/cycles/write.html
msgid "How it gets back to green"
msgstr "Wie es wieder grün wird"

#: steerco/apps/cycles/templates/cycles/correct.html
msgid "Freeze the correction"
msgstr "Berichtigung einfrieren"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Lock now"
msgstr "Jetzt sperren"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Given"
msgstr "Abgegeben"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#, python-format
msgid "of %(n)s"
msgstr "von %(n)s"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Share of reports given"
msgstr "Anteil abgegebener Berichte"

#: steerco/apps/cycles/templates/cycles/cycle.html
#, python-format
msgid "%(n)s hour to the lock"
msgid_plural "%(n)s hours to the lock"
msgstr[0] "noch %(n)s Stunde bis zur Sperre"
msgstr[1] "noch %(n)s Stunden bis zur Sperre"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/governance/views.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/raid/templates/raid/_due.html steerco/exchange/packs/labels.py
msgid "Due"
msgstr "Fällig"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Locked"
msgstr "Gesperrt"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Reminders sent"
msgstr "Erinnerungen"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Sent back"
msgstr "Zurückgegeben"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Without a change"
msgstr "Unverändert"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Minutes of entry, median"
msgstr "Minuten der Eingabe, Median"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Moved:"
msgstr "Verschoben:"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Move the lock…"
msgstr "Sperre verschieben …"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Locked at"
msgstr "Gesperrt am"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
#: steerco/apps/escalation/templates/escalation/_recorded.html
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/finance/templates/finance/_close_fields.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/followups/templates/followups/_more.html
#: steerco/apps/followups/views.py
#: steerco/apps/hygiene/templates/hygiene/clean.html
#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/initiatives/structure_views.py
#: steerco/apps/raid/templates/raid/_reserve.html
#: steerco/exchange/packs/labels.py
msgid "Reason"
msgstr "Begründung"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Move"
msgstr "Verschieben"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "What those below reported last"
msgstr "Was darunter zuletzt berichtet wurde"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Reports of this cycle"
msgstr "Berichte dieses Zyklus"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Who reports"
msgstr "Wer berichtet"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Submitted"
msgstr "Eingereicht"

#: steerco/apps/cycles/templates/cycles/cycle.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "Reminders"
msgstr "Erinnerungen"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "nobody to ask"
msgstr "niemand zu fragen"

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "Nobody was asked."
msgstr "Niemand wurde gefragt."

#: steerco/apps/cycles/templates/cycles/cycle.html
msgid "When the cycle opened, nothing below was being delivered that you may see."
msgstr "Als der Zyklus öffnete, war darunter nichts in Umsetzung, was Sie sehen dürfen."

#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Reporting cycles"
msgstr "Berichtszyklen"

#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Period"
msgstr "Zeitraum"

#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/deliverables/certificates.py
msgid "Asked"
msgstr "Gefragt"

#: steerco/apps/cycles/templates/cycles/overview.html
#: steerco/apps/raid/registers/dependencies.py steerco/exchange/packs/labels.py
msgid "Late"
msgstr "Verspätet"

#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Nobody reports yet."
msgstr "Noch berichtet niemand."

#: steerco/apps/cycles/templates/cycles/overview.html
msgid "A reporting calendar says who reports about what, how often and by when. From then on reports open already filled, are asked for and chased by themselves."
msgstr "Ein Berichtskalender sagt, wer worüber wie oft und bis wann berichtet. Von da an öffnen sich Berichte schon gefüllt, werden erbeten und von selbst angemahnt."

#: steerco/apps/cycles/templates/cycles/overview.html
msgid "Add a reporting calendar"
msgstr "Berichtskalender anlegen"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "Correct…"
msgstr "Berichtigen …"

#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/cycles/templates/cycles/write.html
#: steerco/apps/initiatives/panels.py steerco/exchange/packs/labels.py
#: steerco/kit/registers/templates/registers/record.html
msgid "History"
msgstr "Verlauf"

#: steerco/apps/cycles/templates/cycles/read.html
#, python-format
msgid "submitted %(moment)s"
msgstr "eingereicht %(moment)s"

#: steerco/apps/cycles/templates/cycles/read.html
#, python-format
msgid "frozen %(moment)s, edition %(number)s"
msgstr "eingefroren %(moment)s, Ausgabe %(number)s"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "not reviewed"
msgstr "nicht geprüft"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "Corrected:"
msgstr "Berichtigt:"

#: steerco/apps/cycles/templates/cycles/read.html
#, python-format
msgid "Corrected since this was frozen: %(place)s. %(what)s"
msgstr "Berichtigt, seit dies eingefroren wurde: %(place)s. %(what)s"

#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/followups/templates/followups/page.html
msgid "Open it"
msgstr "Öffnen"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "Review"
msgstr "Prüfung"

#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/followups/templates/followups/_answers.html
#: steerco/apps/followups/templates/followups/_more.html
#: steerco/apps/links/templates/links/_comments.html
msgid "Comment"
msgstr "Kommentar"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "No change since the last report."
msgstr "Unverändert seit dem letzten Bericht."

#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
msgid "Declared"
msgstr "Gemeldet"

#: steerco/apps/cycles/templates/cycles/read.html
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/reporting/published.py
#, python-format
msgid "and %(n)s more"
msgid_plural "and %(n)s more"
msgstr[0] "und %(n)s weiteres"
msgstr[1] "und %(n)s weitere"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "Hash of the frozen data"
msgstr "Prüfsumme der eingefrorenen Daten"

#: steerco/apps/cycles/templates/cycles/read.html
msgid "Not reported."
msgstr "Nicht berichtet."

#: steerco/apps/cycles/templates/cycles/read.html
msgid "It is being written."
msgstr "Er wird geschrieben."

#: steerco/apps/cycles/templates/cycles/read.html
msgid "The cycle was locked before a report was given."
msgstr "Der Zyklus wurde gesperrt, bevor ein Bericht abgegeben war."

#: steerco/apps/cycles/templates/cycles/read.html
msgid "What is written shows here once it is submitted."
msgstr "Was geschrieben wird, erscheint hier, sobald es eingereicht ist."

#: steerco/apps/cycles/templates/cycles/write.html
msgid "Sent back:"
msgstr "Zurückgegeben:"

#: steerco/apps/cycles/templates/cycles/write.html
#: steerco/apps/followups/telling.py
#, python-format
msgid "due %(day)s"
msgstr "fällig am %(day)s"

#: steerco/apps/cycles/templates/cycles/write.html
msgid "The ratings of the last report still fit what the figures say."
msgstr "Die Ampeln des letzten Berichts passen noch zu dem, was die Zahlen sagen."

#: steerco/apps/cycles/templates/cycles/write.html
msgid "No change: submit"
msgstr "Unverändert: einreichen"

#: steerco/apps/cycles/templates/cycles/write.html
msgid "The figures say:"
msgstr "Die Zahlen sagen:"

#: steerco/apps/cycles/templates/cycles/write.html
msgid "Last time:"
msgstr "Letztes Mal:"

#: steerco/apps/cycles/templates/cycles/write.html
#, python-format
msgid "%(n)s more, not in the report"
msgid_plural "%(n)s more, not in the report"
msgstr[0] "%(n)s weiteres, nicht im Bericht"
msgstr[1] "%(n)s weitere, nicht im Bericht"

#: steerco/apps/cycles/turning.py
msgid "Say why it is moved."
msgstr "Bitte sagen, warum verschoben wird."

#: steerco/apps/cycles/turning.py
msgid "That time has passed."
msgstr "Dieser Zeitpunkt ist vorbei."

#: steerco/apps/cycles/turning.py
msgid "It is locked already."
msgstr "Es ist schon gesperrt."

#: steerco/apps/cycles/views.py
msgid "Locked. What was given is frozen; what was not is closed as not reported."
msgstr "Gesperrt. Was abgegeben war, ist eingefroren; was nicht, ist als nicht berichtet geschlossen."

#: steerco/apps/cycles/views.py
msgid "Somebody else has changed it meanwhile: look at it again."
msgstr "Jemand anders hat ihn inzwischen geändert: bitte noch einmal ansehen."

#: steerco/apps/cycles/views.py
msgid "Submitted: no change since the last report."
msgstr "Eingereicht: unverändert seit dem letzten Bericht."

#: steerco/apps/cycles/views.py
msgid "Submitted."
msgstr "Eingereicht."

#: steerco/apps/cycles/views.py
msgid "Approved."
msgstr "Genehmigt."

#: steerco/apps/cycles/views.py
msgid "Sent back."
msgstr "Zurückgegeben."

#: steerco/apps/cycles/views.py
msgid "Choose what is to be done."
msgstr "Bitte wählen, was geschehen soll."

#: steerco/apps/cycles/views.py
msgid "Somebody else is writing here too. Copy your text and load the page again."
msgstr "Jemand anders schreibt hier auch. Bitte den eigenen Text kopieren und die Seite neu laden."

#: steerco/apps/cycles/wording.py steerco/apps/escalation/authority.py
#: steerco/apps/escalation/measures.py
#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/apps/escalation/tolerances.py
#: steerco/apps/reporting/registers_content.py
#, python-format
msgid "%(days)s working day"
msgid_plural "%(days)s working days"
msgstr[0] "%(days)s Arbeitstag"
msgstr[1] "%(days)s Arbeitstage"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "approved %(before)s → %(after)s"
msgstr "genehmigt %(before)s → %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "approved %(after)s"
msgstr "genehmigt %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "spent to %(month)s: %(after)s"
msgstr "ausgegeben bis %(month)s: %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "expected %(before)s → %(after)s"
msgstr "erwartet %(before)s → %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "expected %(after)s"
msgstr "erwartet %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "contingency left %(after)s of %(before)s"
msgstr "Risikoreserve: noch %(after)s von %(before)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid ", %(percent)s against approved"
msgstr ", %(percent)s gegenüber genehmigt"

#: steerco/apps/cycles/wording.py
#, python-format
msgid " (oldest data date %(day)s)"
msgstr " (ältester Datenstand %(day)s)"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "reached on %(after)s"
msgstr "erreicht am %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "delivered on %(after)s"
msgstr "geliefert am %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "signed off on %(after)s"
msgstr "abgenommen am %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "done on %(after)s"
msgstr "erledigt am %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "milestone, %(after)s"
msgstr "Meilenstein, %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "deliverable, %(after)s"
msgstr "Liefergegenstand, %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "action, %(after)s"
msgstr "Maßnahme, %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "moved by %(days)s, from %(before)s to %(after)s"
msgstr "verschoben um %(days)s, von %(before)s auf %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "was due on %(before)s, %(days)s ago"
msgstr "war fällig am %(before)s, vor %(days)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "new risk, score %(after)s"
msgstr "neues Risiko, Wert %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "risk worse: score %(before)s → %(after)s"
msgstr "Risiko schlechter: Wert %(before)s → %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "risk better: score %(before)s → %(after)s"
msgstr "Risiko besser: Wert %(before)s → %(after)s"

#: steerco/apps/cycles/wording.py
msgid "risk closed"
msgstr "Risiko geschlossen"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "risk, score %(after)s, unchanged"
msgstr "Risiko, Wert %(after)s, unverändert"

#: steerco/apps/cycles/wording.py
msgid "new issue"
msgstr "neuer offener Punkt"

#: steerco/apps/cycles/wording.py
msgid "issue: more urgent"
msgstr "offener Punkt: dringender"

#: steerco/apps/cycles/wording.py
msgid "issue: less urgent"
msgstr "offener Punkt: weniger dringend"

#: steerco/apps/cycles/wording.py
msgid "issue closed"
msgstr "offener Punkt geschlossen"

#: steerco/apps/cycles/wording.py
msgid "issue, open"
msgstr "offener Punkt"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "decision wanted from %(decider)s by %(after)s"
msgstr "Entscheidung gewünscht von %(decider)s bis %(after)s"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "decided on %(after)s: %(words)s"
msgstr "entschieden am %(after)s: %(words)s"

#: steerco/apps/cycles/wording.py
msgid "new change request"
msgstr "neuer Änderungsantrag"

#: steerco/apps/cycles/wording.py
msgid "change request, open"
msgstr "Änderungsantrag, offen"

#: steerco/apps/cycles/wording.py steerco/apps/raid/models/lessons.py
#: steerco/apps/raid/registers/lessons.py
msgid "lesson"
msgstr "Lehre"

#: steerco/apps/cycles/wording.py
msgid "asks for it"
msgstr "bittet darum"

#: steerco/apps/cycles/wording.py
msgid "new risk"
msgstr "neues Risiko"

#: steerco/apps/cycles/wording.py
msgid "risk, unchanged"
msgstr "Risiko, unverändert"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "%(days)s working day late"
msgid_plural "%(days)s working days late"
msgstr[0] "%(days)s Arbeitstag zu spät"
msgstr[1] "%(days)s Arbeitstage zu spät"

#: steerco/apps/cycles/wording.py
#, python-format
msgid "“%(title)s” was missed: %(late)s."
msgstr "„%(title)s“ wurde verfehlt: %(late)s."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "“%(title)s”: %(late)s, within the limit."
msgstr "„%(title)s“: %(late)s, innerhalb der Grenze."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "“%(title)s”: %(late)s, the limit is %(limit)s."
msgstr "„%(title)s“: %(late)s, die Grenze ist %(limit)s."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "The worst below: %(title)s."
msgid_plural "The worst below: %(title)s (%(n)s in all)."
msgstr[0] "Die schlechteste darunter: %(title)s."
msgstr[1] "Die schlechtesten darunter: %(title)s (insgesamt %(n)s)."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "Expected cost against approved: %(percent)s %%, within the limit."
msgstr "Erwartete gegenüber genehmigten Kosten: %(percent)s %%, innerhalb der Grenze."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "Expected cost against approved: %(percent)s %%, the limit is %(limit)s %%."
msgstr "Erwartete gegenüber genehmigten Kosten: %(percent)s %%, die Grenze ist %(limit)s %%."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "Forecast of the year against budget: %(percent)s %%, within the limit."
msgstr "Prognose des Jahres gegenüber Budget: %(percent)s %%, innerhalb der Grenze."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "Forecast of the year against budget: %(percent)s %%, the limit is %(limit)s %%."
msgstr "Prognose des Jahres gegenüber Budget: %(percent)s %%, die Grenze ist %(limit)s %%."

#: steerco/apps/cycles/wording.py
#, python-format
msgid "week %(week)s, %(year)s"
msgstr "Woche %(week)s, %(year)s"

#: steerco/apps/deliverables/bodies.py steerco/apps/escalation/minutes.py
msgid "Say where it is written: minutes, mail, note of a call."
msgstr "Sagen, wo es steht: Protokoll, Mail, Gesprächsnotiz."

#: steerco/apps/deliverables/bodies.py steerco/apps/escalation/proposals.py
#: steerco/apps/escalation/recording.py steerco/apps/followups/services.py
msgid "This has been answered already."
msgstr "Das ist schon beantwortet."

#: steerco/apps/deliverables/bodies.py
#, python-format
msgid "%(comment)s (recorded by %(who)s)"
msgstr "%(comment)s (festgehalten von %(who)s)"

#: steerco/apps/deliverables/bodies.py
#, python-format
msgid "Is this right? %(title)s: %(said)s. Recorded by %(who)s: %(comment)s"
msgstr "Ist das richtig? %(title)s: %(said)s. Festgehalten von %(who)s: %(comment)s"

#: steerco/apps/deliverables/bodies.py steerco/apps/deliverables/models.py
#: steerco/apps/escalation/models.py
msgid "returned"
msgstr "zurückgegeben"

#: steerco/apps/deliverables/bodies.py
msgid "Sign-off, to confirm"
msgstr "Abnahme, zu bestätigen"

#: steerco/apps/deliverables/bodies.py
msgid "You chair the body that decided."
msgstr "Sie leiten das Gremium, das entschieden hat."

#: steerco/apps/deliverables/bodies.py steerco/apps/escalation/questions.py
#: steerco/apps/escalation/reminders.py
msgid "Yes, so it was decided"
msgstr "Ja, so wurde entschieden"

#: steerco/apps/deliverables/bodies.py
msgid "Not so"
msgstr "So nicht"

#: steerco/apps/deliverables/certificates.py
#: steerco/apps/deliverables/templates/deliverables/_put_down.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "Version"
msgstr "Version"

#: steerco/apps/deliverables/certificates.py
#: steerco/apps/deliverables/panels.py steerco/apps/deliverables/reminders.py
#: steerco/apps/deliverables/words.py
msgid "Sign-off"
msgstr "Abnahme"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "Round %(number)s, opened on %(day)s by %(who)s"
msgstr "Runde %(number)s, eröffnet am %(day)s durch %(who)s"

#: steerco/apps/deliverables/certificates.py
#: steerco/apps/deliverables/templates/deliverables/_put_down.html
msgid "What depends on it"
msgstr "Was davon abhängt"

#: steerco/apps/deliverables/certificates.py
msgid "Note to the approvers"
msgstr "Hinweis an die Abnehmenden"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "After %(days)s working days: “%(clause)s”"
msgstr "Nach %(days)s Arbeitstagen: „%(clause)s“"

#: steerco/apps/deliverables/certificates.py
msgid "Silence accepts"
msgstr "Schweigen gilt als Abnahme"

#: steerco/apps/deliverables/certificates.py
msgid "Certificate of sign-off"
msgstr "Abnahmebescheinigung"

#: steerco/apps/deliverables/certificates.py
msgid "Who decided"
msgstr "Wer entschieden hat"

#: steerco/apps/deliverables/certificates.py
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/office/reminders.py
#: steerco/apps/office/templates/office/_answer.html
msgid "Answer"
msgstr "Antwort"

#: steerco/apps/deliverables/certificates.py
msgid "How identity was shown"
msgstr "Wie die Identität belegt wurde"

#: steerco/apps/deliverables/certificates.py
msgid "Conditions and comments"
msgstr "Auflagen und Bemerkungen"

#: steerco/apps/deliverables/certificates.py
msgid "Files that were signed"
msgstr "Abgenommene Dateien"

#: steerco/apps/deliverables/certificates.py
msgid "Bytes"
msgstr "Größe in Byte"

#: steerco/apps/deliverables/certificates.py
msgid "Fingerprint of texts, version and files (SHA-256)"
msgstr "Fingerabdruck von Texten, Version und Dateien (SHA-256)"

#: steerco/apps/deliverables/certificates.py
msgid "No file was attached; the texts above were signed."
msgstr "Es war keine Datei angehängt; abgenommen wurden die Texte oben."

#: steerco/apps/deliverables/certificates.py
msgid "Approvers"
msgstr "Abnehmende"

#: steerco/apps/deliverables/certificates.py
msgid "What was signed"
msgstr "Was abgenommen wurde"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "Signed off on %(day)s"
msgstr "Abgenommen am %(day)s"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "Signed off with conditions on %(day)s"
msgstr "Mit Auflagen abgenommen am %(day)s"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "Returned on %(day)s"
msgstr "Zurückgegeben am %(day)s"

#: steerco/apps/deliverables/certificates.py
#, python-format
msgid "handed on to %(party)s"
msgstr "weitergegeben an %(party)s"

#: steerco/apps/deliverables/certificates.py
#: steerco/apps/deliverables/templates/deliverables/_approvals.html
msgid "wrote it"
msgstr "hat es verfasst"

#: steerco/apps/deliverables/checklists.py
msgid "Mandate and sponsor are named"
msgstr "Auftrag und Auftraggeber sind benannt"

#: steerco/apps/deliverables/checklists.py
msgid "Somebody with the authority to do so has said in writing that the project is wanted, and by whom."
msgstr "Wer dazu befugt ist, hat schriftlich gesagt, dass das Projekt gewollt ist und von wem."

#: steerco/apps/deliverables/checklists.py
msgid "Signed mandate; the sponsor's post is filled."
msgstr "Unterschriebener Auftrag; die Stelle des Auftraggebers ist besetzt."

#: steerco/apps/deliverables/checklists.py
msgid "Business case is approved"
msgstr "Die Wirtschaftlichkeitsbetrachtung ist genehmigt"

#: steerco/apps/deliverables/checklists.py
msgid "Reasons, options, costs, benefits and risks are set down and approved by whoever pays."
msgstr "Gründe, Möglichkeiten, Kosten, Nutzen und Risiken sind festgehalten und von denen genehmigt, die zahlen."

#: steerco/apps/deliverables/checklists.py
msgid "Approved business case with date and version."
msgstr "Genehmigte Wirtschaftlichkeitsbetrachtung mit Datum und Version."

#: steerco/apps/deliverables/checklists.py
msgid "Scope is signed off"
msgstr "Der Umfang ist abgenommen"

#: steerco/apps/deliverables/checklists.py
msgid "What the project delivers and what it does not is agreed with the sponsor and the users."
msgstr "Was das Projekt liefert und was nicht, ist mit Auftraggeber und Nutzenden vereinbart."

#: steerco/apps/deliverables/checklists.py
msgid "Sign-off of the scope by sponsor and user."
msgstr "Abnahme des Umfangs durch Auftraggeber und Nutzende."

#: steerco/apps/deliverables/checklists.py
msgid "Plan is baselined"
msgstr "Der Plan ist als Basisplan festgelegt"

#: steerco/apps/deliverables/checklists.py
msgid "Milestones and deliverables have agreed dates, owners and approvers."
msgstr "Meilensteine und Liefergegenstände haben vereinbarte Termine, Verantwortliche und Abnehmende."

#: steerco/apps/deliverables/checklists.py
msgid "Every milestone and deliverable has a baseline and an owner."
msgstr "Jeder Meilenstein und jeder Liefergegenstand hat einen Basisplantermin und Verantwortliche."

#: steerco/apps/deliverables/checklists.py
msgid "Budget is released"
msgstr "Das Budget ist freigegeben"

#: steerco/apps/deliverables/checklists.py
msgid "Money is set aside under a cost code, with who may spend how much."
msgstr "Das Geld steht unter einer Kostenstelle bereit, mit Angabe, wer wie viel ausgeben darf."

#: steerco/apps/deliverables/checklists.py
msgid "Release note of Finance with cost code."
msgstr "Freigabe der Finanzabteilung mit Kostenstelle."

#: steerco/apps/deliverables/checklists.py
msgid "Data protection is checked"
msgstr "Der Datenschutz ist geprüft"

#: steerco/apps/deliverables/checklists.py
msgid "It is known which personal data are used, on what legal basis, and whether an assessment is due."
msgstr "Bekannt ist, welche personenbezogenen Daten auf welcher Rechtsgrundlage genutzt werden und ob eine Folgenabschätzung nötig ist."

#: steerco/apps/deliverables/checklists.py
msgid "Statement of the data protection officer."
msgstr "Stellungnahme der Datenschutzbeauftragten."

#: steerco/apps/deliverables/checklists.py
msgid "Purchasing rules are kept"
msgstr "Die Vergaberegeln sind eingehalten"

#: steerco/apps/deliverables/checklists.py
msgid "What is bought is tendered and contracted as the organisation's rules and the law demand."
msgstr "Was gekauft wird, wird so ausgeschrieben und beauftragt, wie es die Regeln der Organisation und das Gesetz verlangen."

#: steerco/apps/deliverables/checklists.py
msgid "Award notes and signed contracts are on file."
msgstr "Vergabevermerke und unterschriebene Verträge liegen bei den Akten."

#: steerco/apps/deliverables/checklists.py
msgid "Security is assessed"
msgstr "Die Sicherheit ist bewertet"

#: steerco/apps/deliverables/checklists.py
msgid "Threats are assessed, measures agreed and tested before anything goes live."
msgstr "Gefährdungen sind bewertet, Maßnahmen vereinbart und geprüft, bevor etwas in Betrieb geht."

#: steerco/apps/deliverables/checklists.py
msgid "Report of the test without open critical findings."
msgstr "Prüfbericht ohne offene kritische Feststellungen."

#: steerco/apps/deliverables/checklists.py
msgid "Acceptance tests are passed"
msgstr "Die Abnahmetests sind bestanden"

#: steerco/apps/deliverables/checklists.py
msgid "Users have tested what is delivered against its acceptance criteria."
msgstr "Nutzende haben das Gelieferte gegen seine Abnahmekriterien geprüft."

#: steerco/apps/deliverables/checklists.py
msgid "Test report, signed by the users."
msgstr "Testbericht, von den Nutzenden unterschrieben."

#: steerco/apps/deliverables/checklists.py
msgid "Operations have taken over"
msgstr "Der Betrieb hat übernommen"

#: steerco/apps/deliverables/checklists.py
msgid "Whoever runs it afterwards has documents, training, contracts and staff."
msgstr "Wer es danach betreibt, hat Unterlagen, Schulung, Verträge und Personal."

#: steerco/apps/deliverables/checklists.py
msgid "Signed hand-over with list of open points."
msgstr "Unterschriebene Übergabe mit Liste der offenen Punkte."

#: steerco/apps/deliverables/checklists.py
msgid "Independent review before each gate"
msgstr "Unabhängige Prüfung vor jedem Meilenstein mit Freigabe"

#: steerco/apps/deliverables/checklists.py
msgid "Somebody who does not work on the project has reviewed it before each investment decision."
msgstr "Jemand, der nicht am Projekt arbeitet, hat es vor jeder Investitionsentscheidung geprüft."

#: steerco/apps/deliverables/checklists.py
msgid "Review report with recommendations and what became of them."
msgstr "Prüfbericht mit Empfehlungen und dem, was daraus wurde."

#: steerco/apps/deliverables/checklists.py
msgid "Benefits have owners and measures"
msgstr "Nutzen haben Verantwortliche und Messgrößen"

#: steerco/apps/deliverables/checklists.py
msgid "Each benefit has somebody who answers for it, a measure and a value before the project."
msgstr "Für jeden Nutzen steht jemand ein; er hat eine Messgröße und einen Wert vor dem Projekt."

#: steerco/apps/deliverables/checklists.py
msgid "Benefit profiles, confirmed by their owners."
msgstr "Nutzenprofile, bestätigt von ihren Verantwortlichen."

#: steerco/apps/deliverables/checklists.py
msgid "Closure report and lessons are filed"
msgstr "Abschlussbericht und Erfahrungen sind abgelegt"

#: steerco/apps/deliverables/checklists.py
msgid "What was achieved, what it cost and what others should know is written down."
msgstr "Was erreicht wurde, was es gekostet hat und was andere wissen sollten, ist aufgeschrieben."

#: steerco/apps/deliverables/checklists.py
msgid "Accepted closure report; lessons are in the register."
msgstr "Angenommener Abschlussbericht; die Erfahrungen stehen im Register."

#: steerco/apps/deliverables/checklists.py
msgid "Obligations of every project"
msgstr "Pflichten jedes Projekts"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "version"
msgstr "Version"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
msgid "in what order"
msgstr "in welcher Reihenfolge"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
msgid "working days for an answer"
msgstr "Arbeitstage für eine Antwort"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
msgid "what depends on its acceptance"
msgstr "was von der Abnahme abhängt"

#: steerco/apps/deliverables/forms.py
msgid "A payment, for example."
msgstr "Eine Zahlung zum Beispiel."

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
#: steerco/apps/escalation/models.py steerco/apps/escalation/papers.py
#: steerco/apps/finance/models.py steerco/apps/indicators/models.py
#: steerco/apps/organisation/models.py steerco/apps/raid/models/appetite.py
#: steerco/apps/raid/models/contingency.py steerco/apps/raid/models/risks.py
msgid "currency"
msgstr "Währung"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
msgid "note to the approvers"
msgstr "Hinweis an die Abnehmenden"

#: steerco/apps/deliverables/forms.py
msgid "silence accepts after, working days"
msgstr "Schweigen gilt als Abnahme nach, Arbeitstage"

#: steerco/apps/deliverables/forms.py
msgid "Only where it is agreed. Never for bodies, money or safety."
msgstr "Nur wo es vereinbart ist. Nie bei Gremien, Geld oder Sicherheit."

#: steerco/apps/deliverables/forms.py
msgid "the clause that says so, quoted"
msgstr "die Klausel dazu, im Wortlaut"

#: steerco/apps/deliverables/forms.py
#, python-format
msgid "Approver %(number)s"
msgstr "Abnehmende Stelle %(number)s"

#: steerco/apps/deliverables/forms.py
msgid "What is to be done"
msgstr "Was zu tun ist"

#: steerco/apps/deliverables/forms.py steerco/apps/deliverables/models.py
#: steerco/apps/raid/models/actions.py steerco/apps/raid/models/issues.py
msgid "due"
msgstr "fällig"

#: steerco/apps/deliverables/forms.py steerco/apps/initiatives/models.py
msgid "owner"
msgstr "Verantwortlich"

#: steerco/apps/deliverables/models.py
msgid "we deliver it"
msgstr "liefern wir"

#: steerco/apps/deliverables/models.py
msgid "it is owed to us"
msgstr "wird uns geschuldet"

#: steerco/apps/deliverables/models.py
msgid "document"
msgstr "Dokument"

#: steerco/apps/deliverables/models.py
msgid "software"
msgstr "Software"

#: steerco/apps/deliverables/models.py
msgid "equipment"
msgstr "Ausstattung"

#: steerco/apps/deliverables/models.py
msgid "building or works"
msgstr "Bauwerk oder Bauleistung"

#: steerco/apps/deliverables/models.py
msgid "data"
msgstr "Daten"

#: steerco/apps/deliverables/models.py
msgid "service"
msgstr "Dienstleistung"

#: steerco/apps/deliverables/models.py
msgid "training"
msgstr "Schulung"

#: steerco/apps/deliverables/models.py
msgid "other"
msgstr "anderes"

#: steerco/apps/deliverables/models.py
msgid "direction"
msgstr "Richtung"

#: steerco/apps/deliverables/models.py
msgid "owed by"
msgstr "geschuldet von"

#: steerco/apps/deliverables/models.py
msgid "phase"
msgstr "Phase"

#: steerco/apps/deliverables/models.py
msgid "weight"
msgstr "Gewicht"

#: steerco/apps/deliverables/models.py steerco/apps/initiatives/models.py
#: steerco/apps/planning/models.py steerco/apps/raid/models/actions.py
#: steerco/apps/raid/models/assumptions.py
#: steerco/apps/raid/models/conflicts.py
#: steerco/apps/raid/models/dependencies.py steerco/apps/raid/models/issues.py
#: steerco/apps/raid/models/obstacles.py steerco/apps/raid/models/risks.py
msgid "description"
msgstr "Beschreibung"

#: steerco/apps/deliverables/models.py
msgid "author"
msgstr "verfasst von"

#: steerco/apps/deliverables/models.py
msgid "approver"
msgstr "abzunehmen durch"

#: steerco/apps/deliverables/models.py
msgid "format"
msgstr "Format"

#: steerco/apps/deliverables/models.py
msgid "where it is"
msgstr "Ablageort"

#: steerco/apps/deliverables/models.py
msgid "acceptance criteria"
msgstr "Abnahmekriterien"

#: steerco/apps/deliverables/models.py
msgid "quality criteria"
msgstr "Qualitätskriterien"

#: steerco/apps/deliverables/models.py
msgid "quality method"
msgstr "Prüfverfahren"

#: steerco/apps/deliverables/models.py
msgid "quality tolerance"
msgstr "Qualitätstoleranz"

#: steerco/apps/deliverables/models.py
msgid "delivery, baseline"
msgstr "Lieferung, Basisplan"

#: steerco/apps/deliverables/models.py
msgid "delivery, forecast"
msgstr "Lieferung, Prognose"

#: steerco/apps/deliverables/models.py steerco/apps/raid/models/dependencies.py
msgid "delivered on"
msgstr "geliefert am"

#: steerco/apps/deliverables/models.py
msgid "sign-off, baseline"
msgstr "Abnahme, Basisplan"

#: steerco/apps/deliverables/models.py
msgid "sign-off, forecast"
msgstr "Abnahme, Prognose"

#: steerco/apps/deliverables/models.py
msgid "signed off on"
msgstr "abgenommen am"

#: steerco/apps/deliverables/models.py
msgid "handed over on"
msgstr "übergeben am"

#: steerco/apps/deliverables/models.py
msgid "next due"
msgstr "als Nächstes fällig"

#: steerco/apps/deliverables/models.py
msgid "conditions of the sign-off"
msgstr "Auflagen der Abnahme"

#: steerco/apps/deliverables/models.py
msgid "concerns safety"
msgstr "betrifft die Sicherheit"

#: steerco/apps/deliverables/models.py
msgid "under configuration control"
msgstr "unter Konfigurationskontrolle"

#: steerco/apps/deliverables/models.py steerco/apps/deliverables/registers.py
msgid "deliverable"
msgstr "Liefergegenstand"

#: steerco/apps/deliverables/models.py
msgid "deliverables"
msgstr "Liefergegenstände"

#: steerco/apps/deliverables/models.py
msgid "not asked yet"
msgstr "noch nicht gefragt"

#: steerco/apps/deliverables/models.py
#: steerco/interfaces/cli/import_schedule.py
msgid "asked"
msgstr "gefragt"

#: steerco/apps/deliverables/models.py
msgid "all at once"
msgstr "alle zugleich"

#: steerco/apps/deliverables/models.py
msgid "one after the other"
msgstr "nacheinander"

#: steerco/apps/deliverables/models.py
msgid "it was taken back"
msgstr "es wurde zurückgezogen"

#: steerco/apps/deliverables/models.py
msgid "there is a new version"
msgstr "es gibt eine neue Version"

#: steerco/apps/deliverables/models.py
msgid "it is no longer there"
msgstr "es ist nicht mehr da"

#: steerco/apps/deliverables/models.py
msgid "round"
msgstr "Runde"

#: steerco/apps/deliverables/models.py
msgid "accepted by silence after"
msgstr "durch Schweigen abgenommen nach"

#: steerco/apps/deliverables/models.py
msgid "the clause that says so"
msgstr "die Klausel dazu"

#: steerco/apps/deliverables/models.py steerco/apps/raid/models/assumptions.py
msgid "result"
msgstr "Ergebnis"

#: steerco/apps/deliverables/models.py
msgid "opened on"
msgstr "eröffnet am"

#: steerco/apps/deliverables/models.py
msgid "why"
msgstr "warum"

#: steerco/apps/deliverables/models.py
msgid "sign-off round"
msgstr "Abnahmerunde"

#: steerco/apps/deliverables/models.py
msgid "sign-off rounds"
msgstr "Abnahmerunden"

#: steerco/apps/deliverables/models.py
msgid "approval"
msgstr "Genehmigung"

#: steerco/apps/deliverables/models.py
msgid "approvals"
msgstr "Genehmigungen"

#: steerco/apps/deliverables/models.py
msgid "method"
msgstr "Verfahren"

#: steerco/apps/deliverables/models.py steerco/apps/escalation/models.py
msgid "tolerance"
msgstr "Toleranz"

#: steerco/apps/deliverables/models.py
msgid "planned on"
msgstr "geplant am"

#: steerco/apps/deliverables/models.py
msgid "reviewed on"
msgstr "geprüft am"

#: steerco/apps/deliverables/models.py steerco/apps/hygiene/models.py
msgid "findings"
msgstr "Befunde"

#: steerco/apps/deliverables/models.py
msgid "quality review"
msgstr "Qualitätsprüfung"

#: steerco/apps/deliverables/models.py
msgid "quality reviews"
msgstr "Qualitätsprüfungen"

#: steerco/apps/deliverables/models.py steerco/apps/deliverables/registers.py
msgid "requirement"
msgstr "Anforderung"

#: steerco/apps/deliverables/models.py
msgid "administrative obligation"
msgstr "Verwaltungspflicht"

#: steerco/apps/deliverables/models.py
msgid "technical obligation"
msgstr "technische Pflicht"

#: steerco/apps/deliverables/models.py
msgid "what must be fulfilled"
msgstr "was zu erfüllen ist"

#: steerco/apps/deliverables/models.py steerco/apps/escalation/papers.py
#: steerco/apps/indicators/models.py
msgid "source"
msgstr "Quelle"

#: steerco/apps/deliverables/models.py
msgid "acceptance criterion"
msgstr "Abnahmekriterium"

#: steerco/apps/deliverables/models.py
msgid "evidence"
msgstr "Nachweis"

#: steerco/apps/deliverables/models.py
msgid "verified by"
msgstr "bestätigt durch"

#: steerco/apps/deliverables/models.py
msgid "waived because"
msgstr "verzichtet, weil"

#: steerco/apps/deliverables/models.py
msgid "checklist"
msgstr "Prüfliste"

#: steerco/apps/deliverables/models.py
msgid "requirements"
msgstr "Anforderungen"

#: steerco/apps/deliverables/models.py
msgid "the planned start"
msgstr "dem geplanten Beginn"

#: steerco/apps/deliverables/models.py
msgid "the planned end"
msgstr "dem geplanten Ende"

#: steerco/apps/deliverables/models.py
msgid "for initiatives of type"
msgstr "für Vorhaben der Art"

#: steerco/apps/deliverables/models.py
msgid "with the profile"
msgstr "mit dem Profil"

#: steerco/apps/deliverables/models.py
msgid "in the category"
msgstr "in der Kategorie"

#: steerco/apps/deliverables/models.py steerco/apps/initiatives/models.py
#: steerco/apps/reporting/models.py
msgid "title"
msgstr "Titel"

#: steerco/apps/deliverables/models.py
msgid "due counts from"
msgstr "Fälligkeit zählt ab"

#: steerco/apps/deliverables/models.py
msgid "calendar days after it"
msgstr "Kalendertage danach"

#: steerco/apps/deliverables/models.py steerco/apps/organisation/models.py
msgid "order"
msgstr "Reihenfolge"

#: steerco/apps/deliverables/models.py
msgid "line of a checklist"
msgstr "Zeile einer Prüfliste"

#: steerco/apps/deliverables/models.py
msgid "lines of checklists"
msgstr "Zeilen von Prüflisten"

#: steerco/apps/deliverables/panels.py steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/templates/deliverables/_next.html
msgid "Deliverables"
msgstr "Liefergegenstände"

#: steerco/apps/deliverables/panels.py
msgid "Requirements and obligations"
msgstr "Anforderungen und Pflichten"

#: steerco/apps/deliverables/panels.py steerco/apps/escalation/papers.py
msgid "Quality"
msgstr "Qualität"

#: steerco/apps/deliverables/panels.py
msgid "Findings"
msgstr "Feststellungen"

#: steerco/apps/deliverables/panels.py
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "Ask for sign-off…"
msgstr "Abnahme anfordern …"

#: steerco/apps/deliverables/panels.py
msgid "Obligations…"
msgstr "Pflichten …"

#: steerco/apps/deliverables/registers.py
msgid "The date that was agreed."
msgstr "Das vereinbarte Datum."

#: steerco/apps/deliverables/registers.py steerco/apps/planning/registers.py
msgid "The date that is expected now."
msgstr "Das jetzt erwartete Datum."

#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/templates/deliverables/_next.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Deliverable"
msgstr "Liefergegenstand"

#: steerco/apps/deliverables/registers.py
msgid "What is delivered, to what quality, by when, and who signs it off; and what others owe to us."
msgstr "Was geliefert wird, in welcher Qualität, bis wann und wer es abnimmt; und was andere uns schulden."

#: steerco/apps/deliverables/registers.py steerco/apps/initiatives/states.py
msgid "workstream"
msgstr "Teilprojekt"

#: steerco/apps/deliverables/registers.py
msgid "What we deliver, or what others owe to us."
msgstr "Was wir liefern oder was andere uns schulden."

#: steerco/apps/deliverables/registers.py
msgid "How much it counts in the progress of its initiative, against the others."
msgstr "Wie viel es im Fortschritt seines Vorhabens zählt, gemessen an den anderen."

#: steerco/apps/deliverables/registers.py
msgid "Who signs it off. A sign-off may ask several."
msgstr "Wer es abnimmt. Eine Abnahme kann mehrere fragen."

#: steerco/apps/deliverables/registers.py
msgid "How it is checked."
msgstr "Wie es geprüft wird."

#: steerco/apps/deliverables/registers.py
msgid "What deviation is still good enough."
msgstr "Welche Abweichung noch genügt."

#: steerco/apps/deliverables/registers.py
msgid "Of the next step that it owes: the delivery, then the sign-off."
msgstr "Des nächsten Schritts, der noch aussteht: erst die Lieferung, dann die Abnahme."

#: steerco/apps/deliverables/registers.py
msgid "A payment, for example. From an amount that the organisation sets, a link alone does not sign."
msgstr "Eine Zahlung zum Beispiel. Ab einem Betrag, den die Organisation festlegt, genügt ein Link allein nicht."

#: steerco/apps/deliverables/registers.py
msgid "Then silence never accepts it."
msgstr "Dann gilt Schweigen nie als Abnahme."

#: steerco/apps/deliverables/registers.py
msgid "Changes to it go through change control."
msgstr "Änderungen daran laufen über das Änderungsverfahren."

#: steerco/apps/deliverables/registers.py
msgid "How it is accepted"
msgstr "Wie es abgenommen wird"

#: steerco/apps/deliverables/registers.py
msgid "The thing itself"
msgstr "Die Sache selbst"

#: steerco/apps/deliverables/registers.py
msgid "Ready for sign-off"
msgstr "Bereit zur Abnahme"

#: steerco/apps/deliverables/registers.py
msgid "Owed to us"
msgstr "Uns geschuldet"

#: steerco/apps/deliverables/registers.py
#: steerco/apps/initiatives/templates/initiatives/_office.html
#: steerco/apps/raid/registers/actions.py steerco/apps/raid/registers/issues.py
#: steerco/apps/raid/registers/risks.py
msgid "Without an owner"
msgstr "Ohne Verantwortliche"

#: steerco/apps/deliverables/registers.py
msgid "Without an approver"
msgstr "Ohne abnehmende Stelle"

#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/reminders.py
msgid "Quality review"
msgstr "Qualitätsprüfung"

#: steerco/apps/deliverables/registers.py
msgid "Quality register"
msgstr "Qualitätsregister"

#: steerco/apps/deliverables/registers.py
msgid "By what each deliverable is reviewed, by whom, when, with what result."
msgstr "Woran jeder Liefergegenstand geprüft wird, von wem, wann und mit welchem Ergebnis."

#: steerco/apps/deliverables/registers.py
msgid "criterion"
msgstr "Kriterium"

#: steerco/apps/deliverables/registers.py
msgid "How it is checked: inspection, test, review, measurement …"
msgstr "Wie geprüft wird: Begehung, Test, Durchsicht, Messung …"

#: steerco/apps/deliverables/registers.py
msgid "What is reviewed"
msgstr "Was geprüft wird"

#: steerco/apps/deliverables/registers.py
msgid "Result"
msgstr "Ergebnis"

#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/reminders.py steerco/apps/deliverables/states.py
msgid "Failed"
msgstr "Nicht bestanden"

#: steerco/apps/deliverables/registers.py
msgid "Requirements"
msgstr "Anforderungen"

#: steerco/apps/deliverables/registers.py
msgid "What must be fulfilled, by what it is fulfilled, and what shows it."
msgstr "Was zu erfüllen ist, wodurch es erfüllt wird und was es belegt."

#: steerco/apps/deliverables/registers.py
msgid "A link, or where it lies. Files may be attached too."
msgstr "Ein Link oder der Ablageort. Dateien können auch angehängt werden."

#: steerco/apps/deliverables/registers.py
msgid "What must be fulfilled"
msgstr "Was zu erfüllen ist"

#: steerco/apps/deliverables/registers.py
msgid "What shows it"
msgstr "Was es belegt"

#: steerco/apps/deliverables/registers.py
#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "Obligations"
msgstr "Pflichten"

#: steerco/apps/deliverables/registers.py
msgid "Line of a checklist"
msgstr "Zeile einer Prüfliste"

#: steerco/apps/deliverables/registers.py
msgid "Checklists"
msgstr "Prüflisten"

#: steerco/apps/deliverables/registers.py
msgid "The obligations that a new initiative of a type gets with one button. While there is none, those of the product are offered."
msgstr "Die Pflichten, die ein neues Vorhaben einer Art mit einem Klick bekommt. Solange es keine gibt, werden die mitgelieferten angeboten."

#: steerco/apps/deliverables/registers.py
msgid "Negative: before it."
msgstr "Negativ: davor."

#: steerco/apps/deliverables/registers.py
msgid "Who gets it"
msgstr "Wer sie bekommt"

#: steerco/apps/deliverables/reminders.py
#, python-format
msgid "Sign off: %(title)s, version %(version)s"
msgstr "Abnehmen: %(title)s, Version %(version)s"

#: steerco/apps/deliverables/reminders.py
#, python-format
msgid "Sign off: %(title)s"
msgstr "Abnehmen: %(title)s"

#: steerco/apps/deliverables/reminders.py
msgid "You are named as approver."
msgstr "Sie sind für die Abnahme benannt."

#: steerco/apps/deliverables/reminders.py steerco/apps/escalation/reminders.py
msgid "Return"
msgstr "Zurückgeben"

#: steerco/apps/deliverables/reminders.py steerco/apps/raid/reminders.py
#: steerco/apps/stakeholders/reminders.py steerco/apps/stakeholders/views.py
msgid "Later"
msgstr "Später"

#: steerco/apps/deliverables/reminders.py steerco/apps/deliverables/words.py
msgid "Delivery"
msgstr "Lieferung"

#: steerco/apps/deliverables/reminders.py
msgid "You deliver it."
msgstr "Sie liefern es."

#: steerco/apps/deliverables/reminders.py
#, python-format
msgid "Deliver: %(title)s"
msgstr "Liefern: %(title)s"

#: steerco/apps/deliverables/reminders.py steerco/apps/deliverables/states.py
#: steerco/apps/deliverables/templates/deliverables/_progress.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/raid/reminders.py steerco/apps/raid/states.py
msgid "Delivered"
msgstr "Geliefert"

#: steerco/apps/deliverables/reminders.py
#, python-format
msgid "Review: %(title)s"
msgstr "Prüfen: %(title)s"

#: steerco/apps/deliverables/reminders.py steerco/apps/deliverables/states.py
msgid "Passed"
msgstr "Bestanden"

#: steerco/apps/deliverables/reminders.py steerco/apps/deliverables/states.py
msgid "Passed with conditions"
msgstr "Mit Auflagen bestanden"

#: steerco/apps/deliverables/reminders.py
#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "Obligation"
msgstr "Pflicht"

#: steerco/apps/deliverables/reminders.py
msgid "You own this obligation."
msgstr "Diese Pflicht gehört Ihnen."

#: steerco/apps/deliverables/reminders.py
#, python-format
msgid "Fulfil and show: %(title)s"
msgstr "Erfüllen und belegen: %(title)s"

#: steerco/apps/deliverables/reminders.py
msgid "Met (say where the evidence is)"
msgstr "Erfüllt (sagen, wo der Nachweis ist)"

#: steerco/apps/deliverables/services.py steerco/apps/deliverables/signing.py
msgid "You wrote it: somebody else must sign it off."
msgstr "Sie haben es verfasst: jemand anderes muss es abnehmen."

#: steerco/apps/deliverables/services.py
#, python-format
msgid "A sign-off is under way: its approvers decide. Withdraw it to decide by hand: %(address)s"
msgstr "Eine Abnahme läuft: ihre Abnehmenden entscheiden. Um von Hand zu entscheiden, bitte zurückziehen: %(address)s"

#: steerco/apps/deliverables/signing.py
msgid "Name at least one approver."
msgstr "Nennen Sie mindestens eine abnehmende Stelle."

#: steerco/apps/deliverables/signing.py
msgid "Nobody is asked twice."
msgstr "Niemand wird zweimal gefragt."

#: steerco/apps/deliverables/signing.py
msgid "Whoever wrote it cannot sign it off alone: name somebody else too."
msgstr "Wer es verfasst hat, kann es nicht allein abnehmen: nennen Sie noch jemanden."

#: steerco/apps/deliverables/signing.py
#, python-format
msgid "It is restricted, and hidden from: %s."
msgstr "Es ist beschränkt und verborgen für: %s."

#: steerco/apps/deliverables/signing.py
msgid "Quote the clause by which silence accepts."
msgstr "Führen Sie die Klausel an, nach der Schweigen als Abnahme gilt."

#: steerco/apps/deliverables/signing.py
msgid "A sign-off is under way already."
msgstr "Eine Abnahme läuft schon."

#: steerco/apps/deliverables/signing.py
#, python-format
msgid "The register of decision rights says who accepts it. %(authority)s"
msgstr "Das Register der Entscheidungsrechte sagt, wer abnimmt. %(authority)s"

#: steerco/apps/deliverables/signing.py
msgid "A body decides; its silence accepts nothing."
msgstr "Ein Gremium entscheidet; sein Schweigen nimmt nichts ab."

#: steerco/apps/deliverables/signing.py
msgid "Money depends on it; silence accepts nothing."
msgstr "Geld hängt davon ab; Schweigen nimmt nichts ab."

#: steerco/apps/deliverables/signing.py
msgid "It concerns safety; silence accepts nothing."
msgstr "Es betrifft die Sicherheit; Schweigen nimmt nichts ab."

#: steerco/apps/deliverables/signing.py
msgid "It is no longer there."
msgstr "Es ist nicht mehr da."

#: steerco/apps/deliverables/signing.py
msgid "This sign-off is over already."
msgstr "Diese Abnahme ist schon vorbei."

#: steerco/apps/deliverables/signing.py
msgid "As it stands it cannot be put before its approvers."
msgstr "In diesem Stand kann es nicht zur Abnahme vorgelegt werden."

#: steerco/apps/deliverables/states.py steerco/apps/planning/states.py
msgid "planned"
msgstr "geplant"

#: steerco/apps/deliverables/states.py
msgid "internal review"
msgstr "interne Prüfung"

#: steerco/apps/deliverables/states.py
msgid "ready for sign-off"
msgstr "bereit zur Abnahme"

#: steerco/apps/deliverables/states.py
msgid "signed off"
msgstr "abgenommen"

#: steerco/apps/deliverables/states.py
msgid "signed off with conditions"
msgstr "mit Auflagen abgenommen"

#: steerco/apps/deliverables/states.py
msgid "handed over"
msgstr "übergeben"

#: steerco/apps/deliverables/states.py
msgid "superseded"
msgstr "ersetzt"

#: steerco/apps/deliverables/states.py
msgid "descoped"
msgstr "aus dem Umfang genommen"

#: steerco/apps/deliverables/states.py
msgid "Start the draft"
msgstr "Entwurf beginnen"

#: steerco/apps/deliverables/states.py
msgid "To internal review"
msgstr "Zur internen Prüfung"

#: steerco/apps/deliverables/states.py
msgid "Back to draft"
msgstr "Zurück zum Entwurf"

#: steerco/apps/deliverables/states.py
msgid "Sign off"
msgstr "Abnehmen"

#: steerco/apps/deliverables/states.py
msgid "Sign off with conditions"
msgstr "Mit Auflagen abnehmen"

#: steerco/apps/deliverables/states.py
msgid "Conditions are met"
msgstr "Auflagen sind erfüllt"

#: steerco/apps/deliverables/states.py
msgid "Hand over"
msgstr "Übergeben"

#: steerco/apps/deliverables/states.py
msgid "Superseded"
msgstr "Ersetzt"

#: steerco/apps/deliverables/states.py
msgid "New version"
msgstr "Neue Version"

#: steerco/apps/deliverables/states.py
msgid "Descope"
msgstr "Aus dem Umfang nehmen"

#: steerco/apps/deliverables/states.py
msgid "Take back into scope"
msgstr "Wieder in den Umfang nehmen"

#: steerco/apps/deliverables/states.py
msgid "passed"
msgstr "bestanden"

#: steerco/apps/deliverables/states.py
msgid "passed with conditions"
msgstr "mit Auflagen bestanden"

#: steerco/apps/deliverables/states.py steerco/apps/reporting/models.py
#: steerco/kit/jobs/models.py
msgid "failed"
msgstr "fehlgeschlagen"

#: steerco/apps/deliverables/states.py steerco/apps/office/models.py
#: steerco/apps/planning/states.py steerco/apps/raid/states.py
msgid "dropped"
msgstr "entfallen"

#: steerco/apps/deliverables/states.py
msgid "Review again"
msgstr "Erneut prüfen"

#: steerco/apps/deliverables/states.py steerco/apps/planning/states.py
#: steerco/apps/raid/states.py
msgid "Drop"
msgstr "Streichen"

#: steerco/apps/deliverables/states.py
msgid "met, to be verified"
msgstr "erfüllt, zu bestätigen"

#: steerco/apps/deliverables/states.py
msgid "waived"
msgstr "erlassen"

#: steerco/apps/deliverables/states.py
msgid "Met"
msgstr "Erfüllt"

#: steerco/apps/deliverables/states.py
msgid "Waive"
msgstr "Erlassen"

#: steerco/apps/deliverables/telling.py
#, python-format
msgid "Signed off: %(what)s"
msgstr "Abgenommen: %(what)s"

#: steerco/apps/deliverables/telling.py
#, python-format
msgid "Signed off with conditions: %(what)s"
msgstr "Mit Auflagen abgenommen: %(what)s"

#: steerco/apps/deliverables/telling.py
#, python-format
msgid "Returned: %(what)s"
msgstr "Zurückgegeben: %(what)s"

#: steerco/apps/deliverables/telling.py
#, python-format
msgid "Sign-off withdrawn: %(what)s"
msgstr "Abnahme zurückgezogen: %(what)s"

#: steerco/apps/deliverables/telling.py steerco/apps/office/telling.py
msgid "You asked for it."
msgstr "Sie haben sie angefordert."

#: steerco/apps/deliverables/telling.py
msgid "You own it."
msgstr "Es gehört Ihnen."

#: steerco/apps/deliverables/telling.py
msgid "Decided"
msgstr "Entschieden"

#: steerco/apps/deliverables/templates/deliverables/_approvals.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#, python-format
msgid "by %(day)s"
msgstr "bis %(day)s"

#: steerco/apps/deliverables/templates/deliverables/_coverage.html
msgid "Evidence is missing for"
msgstr "Der Nachweis fehlt für"

#: steerco/apps/deliverables/templates/deliverables/_coverage.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Requirements and evidence"
msgstr "Anforderungen und Nachweise"

#: steerco/apps/deliverables/templates/deliverables/_coverage.html
msgid "None yet. The checklist for this type of initiative gives it the usual ones."
msgstr "Noch keine. Die Prüfliste für diese Art von Vorhaben gibt ihm die üblichen."

#: steerco/apps/deliverables/templates/deliverables/_coverage.html
msgid "Take the checklist…"
msgstr "Prüfliste übernehmen …"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
msgid "Traced to a deliverable"
msgstr "Einem Liefergegenstand zugeordnet"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
msgid "of the requirements"
msgstr "der Anforderungen"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
msgid "Accepted"
msgstr "Abgenommen"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
msgid "fulfilled by what is signed off"
msgstr "erfüllt durch Abgenommenes"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
#, python-format
msgid "of %(count)s requirement or obligation"
msgid_plural "of %(count)s requirements and obligations"
msgstr[0] "von %(count)s Anforderung oder Pflicht"
msgstr[1] "von %(count)s Anforderungen und Pflichten"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Without evidence"
msgstr "Ohne Nachweis"

#: steerco/apps/deliverables/templates/deliverables/_coverage_figures.html
msgid "nothing shows that they are fulfilled"
msgstr "nichts belegt ihre Erfüllung"

#: steerco/apps/deliverables/templates/deliverables/_findings.html
msgid "Make an action of it…"
msgstr "Maßnahme daraus machen …"

#: steerco/apps/deliverables/templates/deliverables/_next.html
msgid "Next due"
msgstr "Als Nächstes fällig"

#: steerco/apps/deliverables/templates/deliverables/_next.html
msgid "owed to us"
msgstr "uns geschuldet"

#: steerco/apps/deliverables/templates/deliverables/_next.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Deliverable tracker"
msgstr "Lieferverfolgung"

#: steerco/apps/deliverables/templates/deliverables/_progress.html
msgid "Delivered, by weight"
msgstr "Geliefert, nach Gewicht"

#: steerco/apps/deliverables/templates/deliverables/_progress.html
#, python-format
msgid "%(percent)s %% by weight"
msgstr "%(percent)s %% nach Gewicht"

#: steerco/apps/deliverables/templates/deliverables/_progress.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Signed off"
msgstr "Abgenommen"

#: steerco/apps/deliverables/templates/deliverables/_progress.html
msgid "Signed off, by weight"
msgstr "Abgenommen, nach Gewicht"

#: steerco/apps/deliverables/templates/deliverables/_put_down.html
msgid "What you are asked to sign"
msgstr "Was Sie abnehmen sollen"

#: steerco/apps/deliverables/templates/deliverables/_put_down.html
#: steerco/apps/reporting/templates/reporting/_pack.html
#: steerco/apps/reporting/templates/reporting/packs.html
msgid "Asked by"
msgstr "Angefordert von"

#: steerco/apps/deliverables/templates/deliverables/_put_down.html
msgid "Note"
msgstr "Hinweis"

#: steerco/apps/deliverables/templates/deliverables/_put_down.html
#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "Silence accepts after %(days)s working days: “%(clause)s”"
msgstr "Schweigen gilt nach %(days)s Arbeitstagen als Abnahme: „%(clause)s“"

#: steerco/apps/deliverables/templates/deliverables/_put_down.html
#: steerco/apps/links/panels.py steerco/apps/office/templates/office/ask.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/kit/imports/templates/imports/_steps.html
#: steerco/kit/imports/templates/imports/index.html
msgid "Files"
msgstr "Dateien"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "Round %(number)s"
msgstr "Runde %(number)s"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "under way"
msgstr "läuft"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "opened on %(day)s by %(who)s"
msgstr "eröffnet am %(day)s durch %(who)s"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "%(days)s working day old"
msgid_plural "%(days)s working days old"
msgstr[0] "%(days)s Arbeitstag alt"
msgstr[1] "%(days)s Arbeitstage alt"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "took %(days)s working day"
msgid_plural "took %(days)s working days"
msgstr[0] "dauerte %(days)s Arbeitstag"
msgstr[1] "dauerte %(days)s Arbeitstage"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "%(count)s reminder"
msgid_plural "%(count)s reminders"
msgstr[0] "%(count)s Erinnerung"
msgstr[1] "%(count)s Erinnerungen"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "Withdrawn:"
msgstr "Zurückgezogen:"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
#, python-format
msgid "%(count)s file was put before them"
msgid_plural "%(count)s files were put before them"
msgstr[0] "%(count)s Datei lag vor"
msgstr[1] "%(count)s Dateien lagen vor"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "Certificate (PDF)"
msgstr "Bescheinigung (PDF)"

#: steerco/apps/deliverables/templates/deliverables/_rounds.html
msgid "Nobody was asked to sign it off yet."
msgstr "Noch niemand wurde um die Abnahme gebeten."

#: steerco/apps/deliverables/templates/deliverables/action.html
msgid "Action from a finding"
msgstr "Maßnahme aus einer Feststellung"

#: steerco/apps/deliverables/templates/deliverables/action.html
msgid "Add the action"
msgstr "Maßnahme anlegen"

#: steerco/apps/deliverables/templates/deliverables/action.html
#: steerco/apps/deliverables/templates/deliverables/ask.html
#: steerco/apps/deliverables/templates/deliverables/checklist.html
#: steerco/apps/escalation/templates/escalation/options.html
#: steerco/apps/escalation/templates/escalation/record.html
#: steerco/apps/escalation/templates/escalation/record_answer.html
#: steerco/apps/governance/templates/governance/action.html
#: steerco/apps/links/templates/links/open.html
#: steerco/apps/organisation/templates/organisation/field.html
#: steerco/apps/people/templates/people/succeed.html
#: steerco/apps/raid/templates/raid/raise.html
#: steerco/apps/reporting/templates/reporting/ask.html
#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/imports/templates/imports/workbook.html
#: steerco/kit/registers/templates/registers/bulk.html
#: steerco/kit/registers/templates/registers/form.html
#: steerco/kit/registers/templates/registers/transition.html
msgid "Leave"
msgstr "Verlassen"

#: steerco/apps/deliverables/templates/deliverables/ask.html
msgid "Ask for sign-off"
msgstr "Abnahme anfordern"

#: steerco/apps/deliverables/templates/deliverables/ask.html
msgid "What stands here now, with its attached files, is put before the approvers. They answer on their home page or from a mail, without an account too. A new version later withdraws it."
msgstr "Was jetzt hier steht, wird mit den angehängten Dateien zur Abnahme vorgelegt. Geantwortet wird auf der eigenen Startseite oder aus einer Mail, auch ohne Konto. Eine spätere neue Version zieht die Abnahme zurück."

#: steerco/apps/deliverables/templates/deliverables/ask.html
msgid "Nobody is asked yet. Look at the marked fields."
msgstr "Noch niemand ist gefragt. Bitte die markierten Felder prüfen."

#: steerco/apps/deliverables/templates/deliverables/ask.html
msgid "Who signs it off"
msgstr "Wer es abnimmt"

#: steerco/apps/deliverables/templates/deliverables/ask.html
msgid "Ask them"
msgstr "Anfragen"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "Our own checklists"
msgstr "Unsere eigenen Prüflisten"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "What initiatives of this type and profile must fulfil. What you take becomes an entry of the register, with the manager as owner and a due date counted from the plan."
msgstr "Was Vorhaben dieser Art und dieses Profils erfüllen müssen. Was Sie übernehmen, wird ein Eintrag des Registers, mit der Leitung als verantwortlich und einem Termin, der vom Plan her zählt."

#: steerco/apps/deliverables/templates/deliverables/checklist.html
#: steerco/apps/office/templates/office/queue.html
msgid "Take"
msgstr "Übernehmen"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/exchange/packs/labels.py
msgid "Kind"
msgstr "Art"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "Shown by"
msgstr "Belegt durch"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
#: steerco/interfaces/cli/doctor.py
msgid "there"
msgstr "vorhanden"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "Take the marked ones"
msgstr "Markierte übernehmen"

#: steerco/apps/deliverables/templates/deliverables/checklist.html
msgid "No checklist fits this type of initiative."
msgstr "Keine Prüfliste passt zu dieser Art von Vorhaben."

#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/indicators/indicators.py
#: steerco/apps/raid/templates/raid/board.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Place"
msgstr "Ort"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "From requirement to acceptance"
msgstr "Von der Anforderung zur Abnahme"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Fulfilled by"
msgstr "Erfüllt durch"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Evidence"
msgstr "Nachweis"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
#, python-format
msgid "%(count)s file"
msgid_plural "%(count)s files"
msgstr[0] "%(count)s Datei"
msgstr[1] "%(count)s Dateien"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
#: steerco/interfaces/cli/verify_media.py
msgid "missing"
msgstr "fehlt"

#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "No requirements or obligations here yet."
msgstr "Hier gibt es noch keine Anforderungen oder Pflichten."

#: steerco/apps/deliverables/templates/deliverables/coverage.html
msgid "Add a requirement"
msgstr "Anforderung hinzufügen"

#: steerco/apps/deliverables/templates/deliverables/rounds.html
#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Sign-offs under way"
msgstr "Laufende Abnahmen"

#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "Waits for"
msgstr "Wartet auf"

#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "Opened"
msgstr "Eröffnet"

#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "Age, working days"
msgstr "Alter, Arbeitstage"

#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "No sign-off is under way."
msgstr "Keine Abnahme läuft."

#: steerco/apps/deliverables/templates/deliverables/rounds.html
msgid "What is ready for sign-off"
msgstr "Was bereit zur Abnahme ist"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "No deliverables here yet."
msgstr "Hier gibt es noch keine Liefergegenstände."

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Add a deliverable"
msgstr "Liefergegenstand hinzufügen"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Owed by"
msgstr "Geschuldet von"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/governance/views.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/raid/templates/raid/_due.html
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Owner"
msgstr "Verantwortlich"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Delivery due"
msgstr "Lieferung fällig"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Sign-off due"
msgstr "Abnahme fällig"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "Weight"
msgstr "Gewicht"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/office/models.py
msgid "too late"
msgstr "zu spät"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
msgid "waits for"
msgstr "wartet auf"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/raid/states.py
msgid "delivered"
msgstr "geliefert"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
#: steerco/apps/planning/models.py
msgid "baseline"
msgstr "Basisplan"

#: steerco/apps/deliverables/templates/deliverables/tracker.html
#, python-format
msgid "These are the first; all %(count)s are in the list."
msgstr "Das sind die ersten; alle %(count)s stehen in der Liste."

#: steerco/apps/deliverables/views.py
msgid "What we deliver"
msgstr "Was wir liefern"

#: steerco/apps/deliverables/views.py
msgid "What is owed to us"
msgstr "Was uns geschuldet wird"

#: steerco/apps/deliverables/views.py
msgid "The approvers are asked."
msgstr "Die Abnahme ist angefordert."

#: steerco/apps/deliverables/views.py
msgid "Withdrawn. Nobody is asked any longer."
msgstr "Zurückgezogen. Niemand wird mehr gefragt."

#: steerco/apps/deliverables/views.py
msgid "certificate"
msgstr "Bescheinigung"

#: steerco/apps/deliverables/views.py
#, python-format
msgid "%(count)s obligation was added."
msgid_plural "%(count)s obligations were added."
msgstr[0] "%(count)s Pflicht wurde angelegt."
msgstr[1] "%(count)s Pflichten wurden angelegt."

#: steerco/apps/deliverables/views.py
msgid "The action is in the register of actions."
msgstr "Die Maßnahme steht im Register der Maßnahmen."

#: steerco/apps/deliverables/words.py
msgid "What is still owed, first the delivery, then the sign-off: green up to 5 working days after its baseline, amber up to 20, red beyond. Past its own forecast it is at least amber."
msgstr "Was noch aussteht, erst die Lieferung, dann die Abnahme: grün bis 5 Arbeitstage nach dem Basisplantermin, gelb bis 20, darüber rot. Nach Ablauf der eigenen Prognose mindestens gelb."

#: steerco/apps/deliverables/words.py steerco/apps/raid/registers/risks.py
#: steerco/exchange/packs/labels.py
msgid "green"
msgstr "grün"

#: steerco/apps/deliverables/words.py steerco/apps/raid/registers/risks.py
#: steerco/exchange/packs/labels.py
msgid "amber"
msgstr "gelb"

#: steerco/apps/deliverables/words.py steerco/apps/raid/registers/risks.py
#: steerco/exchange/packs/labels.py
msgid "red"
msgstr "rot"

#: steerco/apps/deliverables/words.py
#, python-format
msgid "%(step)s: no date is set."
msgstr "%(step)s: kein Termin gesetzt."

#: steerco/apps/deliverables/words.py
#, python-format
msgid "%(step)s: %(days)s working day after the baseline."
msgid_plural "%(step)s: %(days)s working days after the baseline."
msgstr[0] "%(step)s: %(days)s Arbeitstag nach dem Basisplantermin."
msgstr[1] "%(step)s: %(days)s Arbeitstage nach dem Basisplantermin."

#: steerco/apps/deliverables/words.py
#, python-format
msgid "%(step)s: %(days)s working day before the baseline."
msgid_plural "%(step)s: %(days)s working days before the baseline."
msgstr[0] "%(step)s: %(days)s Arbeitstag vor dem Basisplantermin."
msgstr[1] "%(step)s: %(days)s Arbeitstage vor dem Basisplantermin."

#: steerco/apps/deliverables/words.py
#, python-format
msgid "%(step)s: on its baseline."
msgstr "%(step)s: zum Basisplantermin."

#: steerco/apps/deliverables/words.py
msgid "Its forecast has passed."
msgstr "Die Prognose ist verstrichen."

#: steerco/apps/escalation/actions.py
msgid "Set tolerances and decision rights of what is below"
msgstr "Toleranzen und Entscheidungsrechte der Ebenen darunter festlegen"

#: steerco/apps/escalation/actions.py
msgid "Conclude a paper: only a decision does"
msgstr "Eine Vorlage abschließen: das tut nur eine Entscheidung"

#: steerco/apps/escalation/authority.py steerco/apps/escalation/tolerances.py
#: steerco/apps/raid/registers/appetites.py
msgid " or "
msgstr " oder "

#: steerco/apps/escalation/authority.py
msgid "nobody"
msgstr "niemand"

#: steerco/apps/escalation/authority.py
msgid ", with a second pair of eyes"
msgstr ", im Vier-Augen-Prinzip"

#: steerco/apps/escalation/authority.py
#, python-format
msgid "Decided by %(who)s%(eyes)s. %(because)s"
msgstr "Es entscheidet: %(who)s%(eyes)s. %(because)s"

#: steerco/apps/escalation/authority.py
msgid "The case is above every limit in the register of decision rights."
msgstr "Der Fall liegt über jeder Grenze im Register der Entscheidungsrechte."

#: steerco/apps/escalation/authority.py
msgid "a gate"
msgstr "eine Phasenfreigabe"

#: steerco/apps/escalation/authority.py
#, python-format
msgid "more than %(days)s working days"
msgstr "mehr als %(days)s Arbeitstage"

#: steerco/apps/escalation/authority.py
msgid "an amount, and no whole-life cost is known to compare it with"
msgstr "ein Betrag, und es sind keine Gesamtkosten zum Vergleich bekannt"

#: steerco/apps/escalation/authority.py
#, python-format
msgid "more than %(percent)s %% of the cost"
msgstr "mehr als %(percent)s %% der Kosten"

#: steerco/apps/escalation/authority.py
#, python-format
msgid "It is %(what)s: the board decides."
msgstr "Es ist %(what)s: Das Gremium entscheidet."

#: steerco/apps/escalation/authority.py
#, python-format
msgid "It is beyond the tolerance of %(amount)s: the level that set it decides."
msgstr "Es liegt außerhalb der Toleranz (%(amount)s): Die Ebene, die sie gesetzt hat, entscheidet."

#: steerco/apps/escalation/authority.py
#, python-format
msgid "It is %(what)s and nobody set a tolerance: the sponsor decides."
msgstr "Es ist %(what)s, und niemand hat eine Toleranz gesetzt: Der Auftraggeber entscheidet."

#: steerco/apps/escalation/authority.py
msgid "No decision right is registered: the sponsor decides."
msgstr "Es ist kein Entscheidungsrecht eingetragen: Der Auftraggeber entscheidet."

#: steerco/apps/escalation/authority.py
msgid "It is within tolerance and no decision right is registered: the manager decides."
msgstr "Es liegt innerhalb der Toleranz, und es ist kein Entscheidungsrecht eingetragen: Die Leitung entscheidet."

#: steerco/apps/escalation/authority.py
msgid "This access may not decide."
msgstr "Dieser Zugang darf nicht entscheiden."

#: steerco/apps/escalation/authority.py
msgid "You have agreed already: somebody else has to agree as well."
msgstr "Sie haben schon zugestimmt: Auch jemand anderes muss zustimmen."

#: steerco/apps/escalation/authority.py
msgid "You wrote this paper: somebody else has to decide it."
msgstr "Sie haben diese Vorlage geschrieben: Jemand anderes muss sie entscheiden."

#: steerco/apps/escalation/authority.py
#, python-format
msgid " up to %(limits)s"
msgstr " bis %(limits)s"

#: steerco/apps/escalation/authority.py
msgid " and "
msgstr " und "

#: steerco/apps/escalation/authority.py
msgid " with a second pair of eyes"
msgstr " im Vier-Augen-Prinzip"

#: steerco/apps/escalation/authority.py
msgid " alone"
msgstr " allein"

#: steerco/apps/escalation/authority.py
#, python-format
msgid "%(what)s%(limit)s: decided by %(who)s%(eyes)s%(term)s"
msgstr "%(what)s%(limit)s: entscheidet %(who)s%(eyes)s%(term)s"

#: steerco/apps/escalation/deciders.py steerco/apps/escalation/deciding.py
#, python-format
msgid "%(who)s may not decide this. %(authority)s"
msgstr "%(who)s darf das nicht entscheiden. %(authority)s"

#: steerco/apps/escalation/deciders.py
#, python-format
msgid "%(who)s may not read this paper: it is restricted."
msgstr "%(who)s darf diese Vorlage nicht lesen: sie ist beschränkt."

#: steerco/apps/escalation/deciders.py steerco/apps/escalation/deciding.py
msgid "Two people have to agree: name the second pair of eyes."
msgstr "Zwei müssen zustimmen: das zweite Augenpaar nennen."

#: steerco/apps/escalation/deciders.py
#, python-format
msgid "%(who)s wrote this paper: name somebody else, or a second pair of eyes."
msgstr "Diese Vorlage stammt von %(who)s: jemand anderen oder ein zweites Augenpaar nennen."

#: steerco/apps/escalation/deciding.py
#, python-format
msgid "Enter it as “%(state)s”: it counts once whoever decided has confirmed it."
msgstr "Als „%(state)s“ eintragen: es zählt, sobald bestätigt ist, dass so entschieden wurde."

#: steerco/apps/escalation/deciding.py
#, python-format
msgid "%(body)s has no seats: set up its chair and secretary."
msgstr "%(body)s hat keine Sitze: Vorsitz und Schriftführung einrichten."

#: steerco/apps/escalation/deciding.py
msgid "You have decided already: somebody else has to agree."
msgstr "Sie haben schon entschieden: jemand anderes muss zustimmen."

#: steerco/apps/escalation/deciding.py
msgid "Name who decided."
msgstr "Sagen, wer entschieden hat."

#: steerco/apps/escalation/deciding.py steerco/apps/escalation/recording.py
#, python-format
msgid "%(body)s has no chair to confirm it."
msgstr "%(body)s hat keinen Vorsitz, der es bestätigt."

#: steerco/apps/escalation/deciding.py steerco/apps/escalation/recording.py
#: steerco/apps/followups/services.py
msgid "This is not among the answers."
msgstr "Das ist keine der möglichen Antworten."

#: steerco/apps/escalation/deciding.py steerco/apps/escalation/proposals.py
#: steerco/apps/escalation/recording.py steerco/apps/followups/services.py
#: steerco/apps/followups/waiting.py
msgid "Say why in a sentence."
msgstr "Sagen Sie in einem Satz, warum."

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/panels.py
msgid "Escalated to us"
msgstr "An uns eskaliert"

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/panels.py
msgid "Escalated by us"
msgstr "Von uns eskaliert"

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/indicators/templates/indicators/_course.html
#: steerco/apps/indicators/templates/indicators/_units.html
#: steerco/apps/office/selectors.py
msgid "All"
msgstr "Alle"

#: steerco/apps/escalation/escalation_views.py
msgid "Proposed: the receiver is asked."
msgstr "Vorgeschlagen: Der Empfänger wird gefragt."

#: steerco/apps/escalation/escalation_views.py
msgid "Acknowledged."
msgstr "Zur Kenntnis genommen."

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/office/asking_views.py
msgid "Withdrawn."
msgstr "Zurückgezogen."

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
#: steerco/apps/escalation/templates/escalation/_recorded.html
msgid "Day of the meeting or decision"
msgstr "Tag der Sitzung oder Entscheidung"

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
#: steerco/apps/escalation/templates/escalation/_recorded.html
msgid "Where it is written"
msgstr "Wo es steht"

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
msgid "For example: minutes of 12 May, item 4."
msgstr "Zum Beispiel: Protokoll vom 12. Mai, Punkt 4."

#: steerco/apps/escalation/escalation_views.py
#: steerco/apps/escalation/paper_views.py
msgid "Recorded. It counts once it is confirmed."
msgstr "Festgehalten. Es zählt, sobald es bestätigt ist."

#: steerco/apps/escalation/measures.py
#, python-format
msgid "%(what)s: overdue by %(days)s or more"
msgstr "%(what)s: um %(days)s oder mehr überfällig"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "It is overdue by %(days)s."
msgstr "Überfällig seit %(days)s."

#: steerco/apps/escalation/measures.py
msgid "Forecast end beyond the tolerance"
msgstr "Erwartetes Ende außerhalb der Toleranz"

#: steerco/apps/escalation/measures.py
msgid "The forecast end of an initiative is later than its tolerance allows"
msgstr "Das erwartete Ende eines Vorhabens ist später, als seine Toleranz erlaubt"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The end is forecast %(late)s late; the tolerance is %(limit)s."
msgstr "Das Ende wird %(late)s zu spät erwartet; die Toleranz ist %(limit)s."

#: steerco/apps/escalation/measures.py
msgid "Forecast end late, without a tolerance"
msgstr "Erwartetes Ende zu spät, ohne Toleranz"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The forecast end of an initiative is more than %(days)s late and nobody set a tolerance"
msgstr "Das erwartete Ende eines Vorhabens ist mehr als %(days)s zu spät, und niemand hat eine Toleranz gesetzt"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The end is forecast %(late)s late and nobody set a tolerance."
msgstr "Das Ende wird %(late)s zu spät erwartet, und niemand hat eine Toleranz gesetzt."

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The whole-life cost rose by %(over)s %% since the report before."
msgstr "Die Gesamtkosten sind seit dem vorigen Bericht um %(over)s %% gestiegen."

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The whole-life cost rose by %(over)s %% since the report before; the tolerance is %(limit)s %%."
msgstr "Die Gesamtkosten sind seit dem vorigen Bericht um %(over)s %% gestiegen; die Toleranz ist %(limit)s %%."

#: steerco/apps/escalation/measures.py
msgid "Cost beyond the tolerance"
msgstr "Kosten außerhalb der Toleranz"

#: steerco/apps/escalation/measures.py
msgid "The whole-life cost rose more than the tolerance allows since the report before"
msgstr "Die Gesamtkosten sind seit dem vorigen Bericht stärker gestiegen, als die Toleranz erlaubt"

#: steerco/apps/escalation/measures.py
msgid "Cost risen, without a tolerance"
msgstr "Kosten gestiegen, ohne Toleranz"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The whole-life cost rose by more than %(percent)s %% since the report before, without a tolerance"
msgstr "Die Gesamtkosten sind seit dem vorigen Bericht um mehr als %(percent)s %% gestiegen, ohne Toleranz"

#: steerco/apps/escalation/measures.py
msgid "Escalation not answered in time"
msgstr "Eskalation nicht rechtzeitig beantwortet"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "An escalation is not answered %(days)s after its date"
msgstr "Eine Eskalation ist %(days)s nach ihrem Termin nicht beantwortet"

#: steerco/apps/escalation/measures.py
#, python-format
msgid "The level below has not answered for %(days)s after the date."
msgstr "Die Ebene darunter hat seit dem Termin %(days)s nicht geantwortet."

#: steerco/apps/escalation/minutes.py
#, python-format
msgid "%(body)s decides: record what it decided, with its day and where it is written. Its chair confirms it."
msgstr "%(body)s entscheidet: bitte festhalten, was entschieden wurde, mit Tag und Fundstelle. Der Vorsitz bestätigt es."

#: steerco/apps/escalation/minutes.py
msgid "Say on which day it was decided; the day cannot lie ahead."
msgstr "Sagen, an welchem Tag entschieden wurde; der Tag kann nicht in der Zukunft liegen."

#: steerco/apps/escalation/minutes.py
msgid "You recorded it: somebody else has to confirm it."
msgstr "Sie haben es festgehalten: jemand anderes muss es bestätigen."

#: steerco/apps/escalation/models.py
msgid "time"
msgstr "Termin"

#: steerco/apps/escalation/models.py steerco/apps/escalation/papers.py
#: steerco/apps/indicators/templates/indicators/_history.html
msgid "cost"
msgstr "Kosten"

#: steerco/apps/escalation/models.py
msgid "scope"
msgstr "Umfang"

#: steerco/apps/escalation/models.py
msgid "quality"
msgstr "Qualität"

#: steerco/apps/escalation/models.py
msgid "benefit"
msgstr "Nutzen"

#: steerco/apps/escalation/models.py steerco/apps/raid/models/actions.py
#: steerco/apps/raid/models/contingency.py steerco/apps/raid/models/risks.py
#: steerco/apps/raid/registers/risks.py
msgid "risk"
msgstr "Risiko"

#: steerco/apps/escalation/models.py
msgid "area"
msgstr "Bereich"

#: steerco/apps/escalation/models.py
msgid "what may deviate"
msgstr "was abweichen darf"

#: steerco/apps/escalation/models.py
msgid "working days late"
msgstr "Arbeitstage zu spät"

#: steerco/apps/escalation/models.py
msgid "per cent"
msgstr "Prozent"

#: steerco/apps/escalation/models.py
msgid "amount over"
msgstr "Betrag darüber"

#: steerco/apps/escalation/models.py
msgid "highest risk score"
msgstr "höchster Risikowert"

#: steerco/apps/escalation/models.py
msgid "set by"
msgstr "gesetzt von"

#: steerco/apps/escalation/models.py
msgid "tolerances"
msgstr "Toleranzen"

#: steerco/apps/escalation/models.py
msgid "This is no measure of that area."
msgstr "Das ist kein Maß dieses Bereichs."

#: steerco/apps/escalation/models.py
msgid "Say how much."
msgstr "Geben Sie an, wie viel."

#: steerco/apps/escalation/models.py
msgid "spending"
msgstr "Ausgabe"

#: steerco/apps/escalation/models.py
msgid "exception"
msgstr "Ausnahme"

#: steerco/apps/escalation/models.py
msgid "sign-off"
msgstr "Abnahme"

#: steerco/apps/escalation/models.py steerco/apps/planning/models.py
msgid "gate"
msgstr "Phasenfreigabe"

#: steerco/apps/escalation/models.py
msgid "something else"
msgstr "etwas anderes"

#: steerco/apps/escalation/models.py steerco/apps/raid/models/conflicts.py
msgid "about"
msgstr "worüber"

#: steerco/apps/escalation/models.py
msgid "what is decided"
msgstr "was entschieden wird"

#: steerco/apps/escalation/models.py steerco/apps/escalation/papers.py
msgid "who decides"
msgstr "wer entscheidet"

#: steerco/apps/escalation/models.py
msgid "up to the amount"
msgstr "bis zum Betrag"

#: steerco/apps/escalation/models.py
msgid "up to working days"
msgstr "bis Arbeitstage"

#: steerco/apps/escalation/models.py
msgid "four eyes"
msgstr "Vier-Augen-Prinzip"

#: steerco/apps/escalation/models.py
msgid "advice only"
msgstr "nur Empfehlung"

#: steerco/apps/escalation/models.py
msgid "where it is written"
msgstr "wo es steht"

#: steerco/apps/escalation/models.py
msgid "decision right"
msgstr "Entscheidungsrecht"

#: steerco/apps/escalation/models.py
msgid "decision rights"
msgstr "Entscheidungsrechte"

#: steerco/apps/escalation/models.py
msgid "the next level up"
msgstr "die nächste Ebene darüber"

#: steerco/apps/escalation/models.py
msgid "the level that set the tolerance"
msgstr "die Ebene, die die Toleranz gesetzt hat"

#: steerco/apps/escalation/models.py
msgid "the sponsor"
msgstr "der Auftraggeber"

#: steerco/apps/escalation/models.py
msgid "the board"
msgstr "das Gremium"

#: steerco/apps/escalation/models.py
msgid "what is measured"
msgstr "was gemessen wird"

#: steerco/apps/escalation/models.py
msgid "from which value on"
msgstr "ab welchem Wert"

#: steerco/apps/escalation/models.py
msgid "who is asked"
msgstr "wer gefragt wird"

#: steerco/apps/escalation/models.py
msgid "working days to answer"
msgstr "Arbeitstage für die Antwort"

#: steerco/apps/escalation/models.py
msgid "working days until it may come again after a return"
msgstr "Arbeitstage, bis es nach einer Rückgabe wiederkommen darf"

#: steerco/apps/escalation/models.py steerco/apps/office/models.py
#: steerco/apps/organisation/models.py
msgid "in use"
msgstr "in Gebrauch"

#: steerco/apps/escalation/models.py
msgid "escalation rule"
msgstr "Eskalationsregel"

#: steerco/apps/escalation/models.py
msgid "escalation rules"
msgstr "Eskalationsregeln"

#: steerco/apps/escalation/models.py
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/initiatives/states.py steerco/apps/raid/states.py
msgid "proposed"
msgstr "vorgeschlagen"

#: steerco/apps/escalation/models.py steerco/apps/handover/models.py
#: steerco/apps/office/models.py steerco/apps/office/states.py
#: steerco/apps/raid/states.py
msgid "accepted"
msgstr "akzeptiert"

#: steerco/apps/escalation/models.py steerco/apps/governance/states.py
#: steerco/apps/governance/templates/governance/overview.html
msgid "decided"
msgstr "entschieden"

#: steerco/apps/escalation/models.py
msgid "passed on to the next level"
msgstr "an die nächste Ebene weitergegeben"

#: steerco/apps/escalation/models.py
msgid "taken back down"
msgstr "zurück nach unten gegeben"

#: steerco/apps/escalation/models.py
msgid "settled with the record"
msgstr "mit dem Eintrag erledigt"

#: steerco/apps/escalation/models.py
msgid "escalation"
msgstr "Eskalation"

#: steerco/apps/escalation/models.py
msgid "escalations"
msgstr "Eskalationen"

#: steerco/apps/escalation/models.py
msgid "acknowledgement"
msgstr "Kenntnisnahme"

#: steerco/apps/escalation/models.py
msgid "acknowledgements"
msgstr "Kenntnisnahmen"

#: steerco/apps/escalation/panels.py steerco/apps/escalation/reminders.py
msgid "Escalation"
msgstr "Eskalation"

#: steerco/apps/escalation/panels.py
#: steerco/apps/escalation/templates/escalation/_mine.html
#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/site/navigation.py
msgid "Escalations"
msgstr "Eskalationen"

#: steerco/apps/escalation/paper_panels.py
msgid "For the decision"
msgstr "Zur Entscheidung"

#: steerco/apps/escalation/paper_views.py
msgid "Option"
msgstr "Möglichkeit"

#: steerco/apps/escalation/paper_views.py
msgid "Later by, days"
msgstr "Später um, Tage"

#: steerco/apps/escalation/paper_views.py
msgid "Costs more"
msgstr "Mehrkosten"

#: steerco/apps/escalation/paper_views.py
msgid "Name the option."
msgstr "Die Möglichkeit benennen."

#: steerco/apps/escalation/paper_views.py
msgid "Where it was decided"
msgstr "Wo entschieden wurde"

#: steerco/apps/escalation/paper_views.py
#: steerco/apps/escalation/templates/escalation/_paper.html
msgid "Conditions"
msgstr "Auflagen"

#: steerco/apps/escalation/paper_views.py
msgid "The day of a decision cannot lie ahead."
msgstr "Der Tag einer Entscheidung kann nicht in der Zukunft liegen."

#: steerco/apps/escalation/paper_views.py
msgid "Somebody changed this meanwhile. Open the page again."
msgstr "Inzwischen hat jemand dies geändert. Die Seite neu öffnen."

#: steerco/apps/escalation/papers.py
msgid "Benefit"
msgstr "Nutzen"

#: steerco/apps/escalation/papers.py steerco/apps/indicators/dimensions.py
#: steerco/apps/raid/registers/risks.py
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_reserve.html
#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Risk"
msgstr "Risiko"

#: steerco/apps/escalation/papers.py
msgid "Remark"
msgstr "Bemerkung"

#: steerco/apps/escalation/papers.py
#, python-format
msgid "option %(number)s"
msgstr "Möglichkeit %(number)s"

#: steerco/apps/escalation/papers.py
#, python-format
msgid "%(days)s day"
msgid_plural "%(days)s days"
msgstr[0] "%(days)s Tag"
msgstr[1] "%(days)s Tage"

#: steerco/apps/escalation/papers.py steerco/apps/raid/models/lessons.py
msgid "recommendation"
msgstr "Empfehlung"

#: steerco/apps/escalation/papers.py steerco/apps/notices/models.py
#: steerco/apps/raid/models/contingency.py
#: steerco/apps/raid/templates/raid/_reserve_line.html
msgid "working days"
msgstr "Arbeitstage"

#: steerco/apps/escalation/papers.py
msgid "second pair of eyes"
msgstr "zweites Augenpaar"

#: steerco/apps/escalation/papers.py
msgid "decision needed by"
msgstr "Entscheidung nötig bis"

#: steerco/apps/escalation/papers.py steerco/apps/office/models.py
msgid "asked on"
msgstr "angefragt am"

#: steerco/apps/escalation/papers.py
msgid "verdict"
msgstr "Beschluss"

#: steerco/apps/escalation/papers.py steerco/apps/raid/models/contingency.py
msgid "decided on"
msgstr "entschieden am"

#: steerco/apps/escalation/papers.py
msgid "conditions"
msgstr "Auflagen"

#: steerco/apps/escalation/papers.py
msgid "reason for the decision"
msgstr "Grund der Entscheidung"

#: steerco/apps/escalation/papers.py
msgid "where it was decided"
msgstr "wo entschieden wurde"

#: steerco/apps/escalation/papers.py
msgid "recorded by"
msgstr "festgehalten von"

#: steerco/apps/escalation/papers.py
msgid "confirmed on"
msgstr "bestätigt am"

#: steerco/apps/escalation/papers.py
msgid "These are no options."
msgstr "Das sind keine Möglichkeiten."

#: steerco/apps/escalation/papers.py
msgid "Every option needs a name of at most 200 characters."
msgstr "Jede Möglichkeit braucht einen Namen von höchstens 200 Zeichen."

#: steerco/apps/escalation/papers.py
msgid "A consequence has at most 500 characters."
msgstr "Eine Folge hat höchstens 500 Zeichen."

#: steerco/apps/escalation/proposals.py
msgid "It is closed: reopen it first."
msgstr "Der Eintrag ist geschlossen: Bitte zuerst wieder öffnen."

#: steerco/apps/escalation/proposals.py
msgid "Choose one of the levels above."
msgstr "Wählen Sie eine der Ebenen darüber."

#: steerco/apps/escalation/proposals.py
msgid "It is proposed to a level above already: wait for the answer, or withdraw that first."
msgstr "Es ist einer Ebene darüber schon vorgeschlagen: Warten Sie die Antwort ab, oder ziehen Sie das zuerst zurück."

#: steerco/apps/escalation/proposals.py
msgid "Only what was accepted can be taken back down."
msgstr "Nur was angenommen wurde, lässt sich zurückgeben."

#: steerco/apps/escalation/proposals.py
msgid "Only what was accepted can be scored."
msgstr "Nur was angenommen wurde, lässt sich bewerten."

#: steerco/apps/escalation/proposals.py
msgid "From 1 to 5."
msgstr "Von 1 bis 5."

#: steerco/apps/escalation/questions.py
msgid "You are named as the one who decides."
msgstr "Sie sind genannt, um zu entscheiden."

#: steerco/apps/escalation/questions.py
msgid "Second pair of eyes"
msgstr "Zweites Augenpaar"

#: steerco/apps/escalation/questions.py
msgid "Two people have to agree to this decision."
msgstr "Dieser Entscheidung müssen zwei zustimmen."

#: steerco/apps/escalation/questions.py
#, python-format
msgid "Do you agree? %(title)s"
msgstr "Stimmen Sie zu? %(title)s"

#: steerco/apps/escalation/questions.py steerco/apps/raid/reminders.py
msgid "I agree"
msgstr "Ich sage zu"

#: steerco/apps/escalation/questions.py
msgid "I do not agree"
msgstr "Ich stimme nicht zu"

#: steerco/apps/escalation/questions.py
msgid "Decision to record"
msgstr "Festzuhaltende Entscheidung"

#: steerco/apps/escalation/questions.py
msgid "You keep the minutes of the body that decides."
msgstr "Sie führen das Protokoll des Gremiums, das entscheidet."

#: steerco/apps/escalation/questions.py
#, python-format
msgid "Record what was decided: %(title)s"
msgstr "Entscheidung festhalten: %(title)s"

#: steerco/apps/escalation/questions.py
msgid "Decision to confirm"
msgstr "Zu bestätigende Entscheidung"

#: steerco/apps/escalation/questions.py
msgid "It was recorded as yours, and counts once you confirm it."
msgstr "Sie ist als Ihre festgehalten und zählt, sobald Sie sie bestätigen."

#: steerco/apps/escalation/questions.py steerco/apps/escalation/reminders.py
#, python-format
msgid "Was it decided so? %(title)s"
msgstr "Wurde so entschieden? %(title)s"

#: steerco/apps/escalation/questions.py steerco/apps/escalation/reminders.py
msgid "No, not so"
msgstr "Nein, nicht so"

#: steerco/apps/escalation/registers.py
msgid "Tolerance"
msgstr "Toleranz"

#: steerco/apps/escalation/registers.py
#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Tolerances"
msgstr "Toleranzen"

#: steerco/apps/escalation/registers.py
msgid "How far an initiative may go off its plan before it asks the level above. What is set on a programme holds for everything below it that has none of its own."
msgstr "Wie weit ein Vorhaben vom Plan abweichen darf, bevor es die Ebene darüber fragt. Was an einem Programm gesetzt ist, gilt für alles darunter, das nichts Eigenes hat."

#: steerco/apps/escalation/registers.py
msgid "The date, the cost, the benefit; for scope and quality the tolerance itself."
msgstr "Der Termin, die Kosten, der Nutzen; bei Umfang und Qualität die Toleranz selbst."

#: steerco/apps/escalation/registers.py
msgid "For time: how many working days late is still within tolerance."
msgstr "Für Termine: wie viele Arbeitstage Verspätung noch innerhalb der Toleranz sind."

#: steerco/apps/escalation/registers.py
msgid "For cost and benefit: how many per cent over or short."
msgstr "Für Kosten und Nutzen: wie viel Prozent darüber oder darunter."

#: steerco/apps/escalation/registers.py
msgid "For cost: how much over, instead of per cent."
msgstr "Für Kosten: wie viel darüber, anstelle von Prozent."

#: steerco/apps/escalation/registers.py
msgid "For risk: the highest score that is still within tolerance."
msgstr "Für Risiken: der höchste Risikowert, der noch innerhalb der Toleranz ist."

#: steerco/apps/escalation/registers.py
msgid "The party at the level above that agreed it: it is asked when it is broken."
msgstr "Wer auf der Ebene darüber sie vereinbart hat: wird gefragt, wenn sie überschritten ist."

#: steerco/apps/escalation/registers.py
#: steerco/apps/raid/registers/appetites.py
msgid "in words"
msgstr "in Worten"

#: steerco/apps/escalation/registers.py
msgid "What may deviate"
msgstr "Was abweichen darf"

#: steerco/apps/escalation/registers.py
msgid "How far"
msgstr "Wie weit"

#: steerco/apps/escalation/registers.py
msgid "Decision right"
msgstr "Entscheidungsrecht"

#: steerco/apps/escalation/registers.py
#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Decision rights"
msgstr "Entscheidungsrechte"

#: steerco/apps/escalation/registers.py
msgid "Who decides about what, up to which limit, alone or with a second pair of eyes. The nearest right that covers a case decides; without any, the tolerances and the posts do. Office posts decide only where a right names them."
msgstr "Wer worüber bis zu welcher Grenze entscheidet, allein oder im Vier-Augen-Prinzip. Das nächstgelegene Recht, das einen Fall abdeckt, entscheidet; ohne ein solches die Toleranzen und die Stellen. Stellen des PMO entscheiden nur, wo ein Recht sie nennt."

#: steerco/apps/escalation/registers.py
msgid "For example: changes to the baseline, orders, closing a stage."
msgstr "Zum Beispiel: Änderungen am Basisplan, Bestellungen, Abschluss einer Phase."

#: steerco/apps/escalation/registers.py
#: steerco/apps/raid/registers/appetites.py
msgid "Empty: in the whole organisation. It holds for everything below."
msgstr "Leer: in der ganzen Organisation. Es gilt für alles darunter."

#: steerco/apps/escalation/registers.py
msgid "A person, a post or a body. A post passes on with whoever holds it."
msgstr "Eine Person, eine Stelle oder ein Gremium. Eine Stelle geht mit ihrem Inhaber über."

#: steerco/apps/escalation/registers.py
msgid "Empty: without a limit in money."
msgstr "Leer: ohne Grenze beim Geld."

#: steerco/apps/escalation/registers.py
msgid "Empty: without a limit in time."
msgstr "Leer: ohne Grenze bei der Zeit."

#: steerco/apps/escalation/registers.py
msgid "Two people have to agree."
msgstr "Zwei Personen müssen zustimmen."

#: steerco/apps/escalation/registers.py
msgid "For sign-offs: it proposes the approvers and refuses nobody."
msgstr "Bei Abnahmen: schlägt die Abnehmenden vor und weist niemanden ab."

#: steerco/apps/escalation/registers.py
msgid "What is decided"
msgstr "Was entschieden wird"

#: steerco/apps/escalation/registers.py
msgid "By whom, up to which limit"
msgstr "Von wem, bis zu welcher Grenze"

#: steerco/apps/escalation/registers.py steerco/apps/people/registers.py
#: steerco/apps/raid/registers/appetites.py
msgid "From–to"
msgstr "Von–bis"

#: steerco/apps/escalation/reminders.py steerco/apps/office/reminders.py
#: steerco/apps/office/states.py
#: steerco/apps/office/templates/office/queue.html steerco/apps/raid/states.py
msgid "Accept"
msgstr "Akzeptieren"

#: steerco/apps/escalation/reminders.py
msgid "Decide"
msgstr "Entscheiden"

#: steerco/apps/escalation/reminders.py
#, python-format
msgid "Escalated: %(title)s · %(reason)s"
msgstr "Eskaliert: %(title)s · %(reason)s"

#: steerco/apps/escalation/reminders.py
msgid "You are the level above."
msgstr "Sie sind die Ebene darüber."

#: steerco/apps/escalation/reminders.py
msgid "Escalation to record"
msgstr "Eskalation festzuhalten"

#: steerco/apps/escalation/reminders.py
msgid "You keep the minutes of the body that is asked."
msgstr "Sie führen das Protokoll des gefragten Gremiums."

#: steerco/apps/escalation/reminders.py
msgid "Escalation to confirm"
msgstr "Eskalation zu bestätigen"

#: steerco/apps/escalation/reminders.py
msgid "It was recorded as decided by the body that you chair, and counts once you confirm it."
msgstr "Es wurde als Entscheidung des Gremiums festgehalten, dem Sie vorsitzen, und zählt mit Ihrer Bestätigung."

#: steerco/apps/escalation/rule_views.py
msgid "What is measured"
msgstr "Was gemessen wird"

#: steerco/apps/escalation/rule_views.py
msgid "From which value on"
msgstr "Ab welchem Wert"

#: steerco/apps/escalation/rule_views.py
msgid "Who is asked"
msgstr "Wer gefragt wird"

#: steerco/apps/escalation/rule_views.py
msgid "Working days to answer"
msgstr "Arbeitstage für die Antwort"

#: steerco/apps/escalation/rule_views.py
msgid "Working days until it may come again after a return"
msgstr "Arbeitstage, bis es nach einer Rückgabe wiederkommen darf"

#: steerco/apps/escalation/rule_views.py
#: steerco/apps/escalation/templates/escalation/rules.html
msgid "In use"
msgstr "In Gebrauch"

#: steerco/apps/escalation/rules.py
#, python-format
msgid "%(when)s → %(who)s, to be answered within %(days)s."
msgstr "%(when)s → %(who)s, zu beantworten innerhalb von %(days)s."

#: steerco/apps/escalation/rules.py
msgid "There is no such measure."
msgstr "Dieses Maß gibt es nicht."

#: steerco/apps/escalation/rules.py
msgid "Say from which value on."
msgstr "Geben Sie an, ab welchem Wert."

#: steerco/apps/escalation/rules.py
msgid "Only a broken tolerance goes to whoever set it."
msgstr "Nur eine überschrittene Toleranz geht an die Ebene, die sie gesetzt hat."

#: steerco/apps/escalation/services.py
msgid "Nobody gives a right to themselves: let somebody else enter it."
msgstr "Niemand gibt sich selbst ein Recht: Lassen Sie es jemand anderen eintragen."

#: steerco/apps/escalation/services.py
msgid "This is more than you may decide yourself."
msgstr "Das ist mehr, als Sie selbst entscheiden dürfen."

#: steerco/apps/escalation/templates/escalation/_lines.html
#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Answer by"
msgstr "Antwort bis"

#: steerco/apps/escalation/templates/escalation/_lines.html
#, python-format
msgid "answered after %(days)s working day"
msgid_plural "answered after %(days)s working days"
msgstr[0] "nach %(days)s Arbeitstag beantwortet"
msgstr[1] "nach %(days)s Arbeitstagen beantwortet"

#: steerco/apps/escalation/templates/escalation/_mine.html
#: steerco/apps/escalation/templates/escalation/_sides.html
#: steerco/apps/indicators/templates/indicators/_costs.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
msgid "All of them"
msgstr "Alle anzeigen"

#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/apps/raid/network.py
#, python-format
msgid "needed by %(day)s"
msgstr "nötig bis %(day)s"

#: steerco/apps/escalation/templates/escalation/_paper.html
#, python-format
msgid "%(text)s day"
msgid_plural "%(text)s days"
msgstr[0] "%(text)s Tag"
msgstr[1] "%(text)s Tage"

#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/apps/governance/templates/governance/_wanted.html
msgid "recorded, not yet confirmed"
msgstr "festgehalten, noch nicht bestätigt"

#: steerco/apps/escalation/templates/escalation/_paper.html
msgid "waits for the second pair of eyes"
msgstr "wartet auf das zweite Augenpaar"

#: steerco/apps/escalation/templates/escalation/_paper.html
#: steerco/apps/escalation/templates/escalation/_paper_panel.html
#: steerco/apps/escalation/templates/escalation/_to_record.html
#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/escalation/templates/escalation/record.html
#: steerco/apps/escalation/templates/escalation/record_answer.html
msgid "Record what was decided"
msgstr "Entscheidung festhalten"

#: steerco/apps/escalation/templates/escalation/_paper_panel.html
msgid "Write the options"
msgstr "Möglichkeiten schreiben"

#: steerco/apps/escalation/templates/escalation/_to_record.html
msgid "The body decides in a meeting. Record what it decided; it counts once the chair has confirmed it."
msgstr "Das Gremium entscheidet in einer Sitzung. Bitte festhalten, was entschieden wurde; es zählt, sobald der Vorsitz es bestätigt hat."

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Acknowledged"
msgstr "Zur Kenntnis genommen"

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "by rule"
msgstr "nach Regel"

#: steerco/apps/escalation/templates/escalation/_trail.html
#, python-format
msgid "Answered after %(days)s working day"
msgid_plural "Answered after %(days)s working days"
msgstr[0] "Nach %(days)s Arbeitstag beantwortet"
msgstr[1] "Nach %(days)s Arbeitstagen beantwortet"

#: steerco/apps/escalation/templates/escalation/_trail.html
#, python-format
msgid "“%(answer)s”, decided on %(day)s (%(source)s), recorded by %(who)s. It counts once the chair has confirmed it."
msgstr "„%(answer)s“, entschieden am %(day)s (%(source)s), festgehalten von %(who)s. Es zählt, sobald der Vorsitz es bestätigt hat."

#: steerco/apps/escalation/templates/escalation/_trail.html
#, python-format
msgid "Decided on %(day)s (%(source)s), recorded by %(who)s."
msgstr "Entschieden am %(day)s (%(source)s), festgehalten von %(who)s."

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Score at that level"
msgstr "Risikowert auf dieser Ebene"

#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/organisation/views.py steerco/exchange/packs/labels.py
msgid "Probability"
msgstr "Wahrscheinlichkeit"

#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/organisation/views.py steerco/exchange/packs/labels.py
msgid "Impact"
msgstr "Auswirkung"

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Score at this level"
msgstr "Auf dieser Ebene bewerten"

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Give back to the level below"
msgstr "An die Ebene darunter zurückgeben"

#: steerco/apps/escalation/templates/escalation/_trail.html
msgid "Acknowledge"
msgstr "Zur Kenntnis nehmen"

#: steerco/apps/escalation/templates/escalation/_trail.html
#: steerco/apps/escalation/templates/escalation/escalate.html
msgid "Escalate"
msgstr "Eskalieren"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Set a tolerance"
msgstr "Toleranz setzen"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Give a decision right"
msgstr "Entscheidungsrecht geben"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "What the level above agreed holds here and for everything below, until something nearer says otherwise."
msgstr "Was die Ebene darüber vereinbart hat, gilt hier und für alles darunter, bis etwas Näheres anderes sagt."

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "All decision rights"
msgstr "Alle Entscheidungsrechte"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "All tolerances"
msgstr "Alle Toleranzen"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Area"
msgstr "Bereich"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "What holds"
msgstr "Was gilt"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Set by"
msgstr "Gesetzt von"

#: steerco/apps/escalation/templates/escalation/authority.html
#, python-format
msgid "from %(where)s"
msgstr "aus: %(where)s"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Who would decide a case?"
msgstr "Wer würde einen Fall entscheiden?"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Say"
msgstr "Antworten"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "Next level up"
msgstr "Nächste Ebene darüber"

#: steerco/apps/escalation/templates/escalation/authority.html
msgid "No decision right is registered here or above: within tolerance the manager decides, beyond it the level that set the tolerance, else the sponsor or the board. Office posts prepare and record."
msgstr "Hier und darüber ist kein Entscheidungsrecht eingetragen: Innerhalb der Toleranz entscheidet die Leitung, außerhalb die Ebene, die sie gesetzt hat, sonst der Auftraggeber oder das Gremium. Stellen des PMO bereiten vor und halten fest."

#: steerco/apps/escalation/templates/escalation/escalate.html
msgid "You propose it to a level above. Whoever is asked there accepts it, returns it with a reason, or decides. The record stays one, and stays with its initiative."
msgstr "Sie schlagen es einer Ebene darüber vor. Wer dort gefragt wird, nimmt es an, gibt es mit einem Grund zurück oder entscheidet. Es bleibt ein Eintrag und bleibt bei seinem Vorhaben."

#: steerco/apps/escalation/templates/escalation/escalate.html
msgid "Propose"
msgstr "Vorschlagen"

#: steerco/apps/escalation/templates/escalation/escalate.html
msgid "There is nobody above to ask."
msgstr "Darüber ist niemand, den man fragen könnte."

#: steerco/apps/escalation/templates/escalation/escalate.html
msgid "Name a manager or sponsor at a level above the initiative, or somebody there who may read this record."
msgstr "Benennen Sie auf einer Ebene über dem Vorhaben eine Leitung oder einen Auftraggeber, oder dort jemanden, der diesen Eintrag lesen darf."

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Which"
msgstr "Welche"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Only the live ones"
msgstr "Nur die laufenden"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Also those that are over"
msgstr "Auch die beendeten"

#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Next"
msgstr "Weiter"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "No escalation here."
msgstr "Hier gibt es keine Eskalation."

#: steerco/apps/escalation/templates/escalation/list.html
msgid "A risk, issue, milestone or other record is proposed to the level above by a rule, or by hand from its page. It stays one record, where it is."
msgstr "Ein Risiko, ein Offener Punkt, ein Meilenstein oder ein anderer Eintrag wird der Ebene darüber nach einer Regel vorgeschlagen oder von Hand auf seiner Seite. Er bleibt ein Eintrag, wo er ist."

#: steerco/apps/escalation/templates/escalation/list.html
msgid "How fast levels answer"
msgstr "Wie schnell Ebenen antworten"

#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/apps/organisation/templates/organisation/scales.html
msgid "Level"
msgstr "Ebene"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Answered"
msgstr "Beantwortet"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Median, working days"
msgstr "Median, Arbeitstage"

#: steerco/apps/escalation/templates/escalation/list.html
#, python-format
msgid "In time, %%"
msgstr "Rechtzeitig, %%"

#: steerco/apps/escalation/templates/escalation/list.html
#: steerco/apps/governance/templates/governance/overview.html
msgid "Waiting"
msgstr "Warten"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "fewer than five people answered"
msgstr "weniger als fünf Personen haben geantwortet"

#: steerco/apps/escalation/templates/escalation/list.html
msgid "Myself (shown to nobody else)"
msgstr "Ich selbst (sieht sonst niemand)"

#: steerco/apps/escalation/templates/escalation/options.html
msgid "One of them is to do nothing. Say of each what follows from it; what is not known stays empty."
msgstr "Eine davon ist, nichts zu tun. Von jeder sagen, was aus ihr folgt; was nicht bekannt ist, bleibt leer."

#: steerco/apps/escalation/templates/escalation/options.html
#: steerco/apps/escalation/views.py steerco/apps/finance/exporting.py
#: steerco/apps/finance/file_views.py
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/exchange/packs/labels.py
msgid "Currency"
msgstr "Währung"

#: steerco/apps/escalation/templates/escalation/options.html
#, python-format
msgid "Option %(number)s"
msgstr "Möglichkeit %(number)s"

#: steerco/apps/escalation/templates/escalation/record.html
#: steerco/apps/escalation/templates/escalation/record_answer.html
msgid "It is shown as recorded until the chair has confirmed it."
msgstr "Sie gilt als festgehalten, bis der Vorsitz sie bestätigt."

#: steerco/apps/escalation/templates/escalation/record.html
msgid "It is shown as recorded until whoever decided has confirmed it."
msgstr "Sie gilt als festgehalten, bis sie von der entscheidenden Stelle bestätigt ist."

#: steerco/apps/escalation/templates/escalation/record.html
#: steerco/apps/escalation/templates/escalation/record_answer.html
msgctxt "verb"
msgid "Record"
msgstr "Festhalten"

#: steerco/apps/escalation/templates/escalation/rule.html
msgid "Escalation rule"
msgstr "Eskalationsregel"

#: steerco/apps/escalation/templates/escalation/rule.html
#: steerco/apps/escalation/templates/escalation/rules.html
msgid "Add a rule"
msgstr "Regel hinzufügen"

#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/site/navigation.py
msgid "Escalation rules"
msgstr "Eskalationsregeln"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "Try them on today's data"
msgstr "An den heutigen Daten erproben"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "The rules look at all records once an hour and propose what they find to a level above: once for each record, again only when it got worse or when the days after a return have passed."
msgstr "Die Regeln sehen stündlich alle Einträge durch und schlagen, was sie finden, einer Ebene darüber vor: einmal für jeden Eintrag, wieder nur, wenn es schlimmer wurde oder die Tage nach einer Rückgabe vergangen sind."

#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Rule"
msgstr "Regel"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "Whose"
msgstr "Wessen"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "our own"
msgstr "eigene"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "as shipped, changed"
msgstr "mitgeliefert, geändert"

#: steerco/apps/escalation/templates/escalation/rules.html
#: steerco/apps/organisation/templates/organisation/scales.html
msgid "as shipped"
msgstr "wie ausgeliefert"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "Today they would propose"
msgstr "Heute würden sie vorschlagen"

#: steerco/apps/escalation/templates/escalation/rules.html
msgid "Nothing new: what they find is proposed, accepted or answered already."
msgstr "Nichts Neues: Was sie finden, ist schon vorgeschlagen, angenommen oder beantwortet."

#: steerco/apps/escalation/templates/escalation/rules.html
#, python-format
msgid "%(n)s more stays where it is: there is nobody above it to ask."
msgid_plural "%(n)s more stay where they are: there is nobody above them to ask."
msgstr[0] "%(n)s weiterer bleibt, wo er ist: Darüber ist niemand, den man fragen könnte."
msgstr[1] "%(n)s weitere bleiben, wo sie sind: Darüber ist niemand, den man fragen könnte."

#: steerco/apps/escalation/templates/escalation/rules.html
#, python-format
msgid "and %(more)s more"
msgstr "und %(more)s weitere"

#: steerco/apps/escalation/tolerances.py
#: steerco/apps/raid/registers/appetites.py
#, python-format
msgid "score %(score)s"
msgstr "Risikowert %(score)s"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "up to %(amount)s late"
msgstr "bis %(amount)s zu spät"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "up to %(amount)s over"
msgstr "bis %(amount)s darüber"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "up to %(amount)s short"
msgstr "bis %(amount)s darunter"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "risks up to %(amount)s"
msgstr "Risiken bis %(amount)s"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "from %(day)s"
msgstr "ab %(day)s"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "to %(day)s"
msgstr "bis %(day)s"

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "Nobody set one: more than %(days)s working days late goes to the sponsor, a gate to the board."
msgstr "Niemand hat eine gesetzt: Mehr als %(days)s Arbeitstage Verspätung gehen an den Auftraggeber, eine Phasenfreigabe an das Gremium."

#: steerco/apps/escalation/tolerances.py
#, python-format
msgid "Nobody set one: more than %(percent)s %% over goes to the sponsor, more than %(board)s %% to the board."
msgstr "Niemand hat eine gesetzt: Mehr als %(percent)s %% darüber gehen an den Auftraggeber, mehr als %(board)s %% an das Gremium."

#: steerco/apps/escalation/tolerances.py
msgid "Nobody set one."
msgstr "Niemand hat eine gesetzt."

#: steerco/apps/escalation/views.py
#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "About"
msgstr "Worüber"

#: steerco/apps/escalation/views.py steerco/apps/finance/exporting.py
#: steerco/apps/finance/file_views.py
#: steerco/apps/raid/templates/raid/_reserve.html
msgid "Amount"
msgstr "Betrag"

#: steerco/apps/escalation/views.py steerco/apps/notices/views.py
msgid "Working days"
msgstr "Arbeitstage"

#: steerco/apps/escalation/views.py steerco/apps/raid/appetite.py
#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/network.html steerco/interfaces/cli/user.py
msgid "the whole organisation"
msgstr "die ganze Organisation"

#: steerco/apps/escalation/views.py steerco/apps/raid/appetite.py
msgid "a level above"
msgstr "eine Ebene darüber"

#: steerco/apps/finance/actions.py
msgid "Close and reopen months"
msgstr "Monate abschließen und wieder öffnen"

#: steerco/apps/finance/exporting.py steerco/apps/finance/file_views.py
#: steerco/apps/finance/templates/finance/_preview.html
msgid "Month"
msgstr "Monat"

#: steerco/apps/finance/exporting.py steerco/apps/finance/file_views.py
msgid "Kind of figure"
msgstr "Art der Zahl"

#: steerco/apps/finance/exporting.py steerco/apps/finance/file_views.py
msgid "Capital or revenue"
msgstr "Investition oder Aufwand"

#: steerco/apps/finance/exporting.py
#: steerco/apps/finance/templates/finance/below.html
msgid "Data date"
msgstr "Datenstand"

#: steerco/apps/finance/exporting.py
#, python-format
msgid "Money by month, as of %(day)s."
msgstr "Geld nach Monaten, Stand %(day)s."

#: steerco/apps/finance/exporting.py
#, python-format
msgid "Oldest data date: %(day)s."
msgstr "Ältester Datenstand: %(day)s."

#: steerco/apps/finance/exporting.py
#, python-format
msgid "The first %(n)s figures: choose a smaller part of the portfolio for the others."
msgstr "Die ersten %(n)s Zahlen: Für die übrigen einen kleineren Teil des Portfolios wählen."

#: steerco/apps/finance/file_views.py
msgid "Initiative (code)"
msgstr "Vorhaben (Kürzel)"

#: steerco/apps/finance/file_views.py steerco/apps/finance/views.py
#, python-format
msgid "%(n)s figure written."
msgid_plural "%(n)s figures written."
msgstr[0] "%(n)s Zahl geschrieben."
msgstr[1] "%(n)s Zahlen geschrieben."

#: steerco/apps/finance/file_views.py
#, python-format
msgid "Say which column holds: %(what)s."
msgstr "Bitte angeben, in welcher Spalte steht: %(what)s."

#: steerco/apps/finance/file_views.py
msgid "There is no table in the file."
msgstr "In der Datei ist keine Tabelle."

#: steerco/apps/finance/file_views.py
#, python-format
msgid "The file has %(n)s rows: bring at most %(most)s at once."
msgstr "Die Datei hat %(n)s Zeilen: höchstens %(most)s auf einmal einlesen."

#: steerco/apps/finance/file_views.py steerco/apps/planning/views.py
#: steerco/apps/reporting/views.py
msgid "Choose a file."
msgstr "Bitte eine Datei wählen."

#: steerco/apps/finance/file_views.py
#, python-format
msgid "Taken back: %(restored)s figures went back, %(kept)s were changed since and stay."
msgstr "Zurückgenommen: %(restored)s Zahlen stehen wieder wie zuvor, %(kept)s wurden seitdem geändert und bleiben."

#: steerco/apps/finance/models.py steerco/apps/planning/models.py
msgid "actual"
msgstr "Ist"

#: steerco/apps/finance/models.py
msgid "accrual"
msgstr "Abgrenzung"

#: steerco/apps/finance/models.py steerco/apps/planning/models.py
#: steerco/apps/raid/models/dependencies.py
msgid "forecast"
msgstr "Prognose"

#: steerco/apps/finance/models.py
#: steerco/apps/finance/templates/finance/_paste_form.html
#: steerco/apps/finance/templates/finance/upload.html
msgid "capital"
msgstr "Investition"

#: steerco/apps/finance/models.py
#: steerco/apps/finance/templates/finance/_paste_form.html
#: steerco/apps/finance/templates/finance/upload.html
msgid "revenue"
msgstr "Aufwand"

#: steerco/apps/finance/models.py
msgid "closed up to"
msgstr "abgeschlossen bis"

#: steerco/apps/finance/models.py
msgid "actual to"
msgstr "Ist bis"

#: steerco/apps/finance/models.py
msgid "data date"
msgstr "Datenstand"

#: steerco/apps/finance/models.py
msgid "money sheet"
msgstr "Finanzblatt"

#: steerco/apps/finance/models.py
msgid "money sheets"
msgstr "Finanzblätter"

#: steerco/apps/finance/models.py
msgid "Write the currency as three capital letters, such as EUR."
msgstr "Die Währung als drei Großbuchstaben schreiben, etwa EUR."

#: steerco/apps/finance/models.py
msgid "A month is written as its first day."
msgstr "Ein Monat wird als sein erster Tag geschrieben."

#: steerco/apps/finance/models.py
msgid "month"
msgstr "Monat"

#: steerco/apps/finance/models.py
msgid "figure"
msgstr "Zahl"

#: steerco/apps/finance/models.py
msgid "capital or revenue"
msgstr "Investition oder Aufwand"

#: steerco/apps/finance/models.py steerco/apps/indicators/models.py
#: steerco/apps/raid/models/contingency.py
msgid "amount"
msgstr "Betrag"

#: steerco/apps/finance/models.py
msgid "monthly figure"
msgstr "Monatszahl"

#: steerco/apps/finance/models.py
msgid "monthly figures"
msgstr "Monatszahlen"

#: steerco/apps/finance/models.py
msgid "typed"
msgstr "eingetippt"

#: steerco/apps/finance/models.py
msgid "pasted"
msgstr "eingefügt"

#: steerco/apps/finance/models.py
msgid "from a file"
msgstr "aus einer Datei"

#: steerco/apps/finance/models.py steerco/apps/raid/states.py
msgid "confirmed"
msgstr "bestätigt"

#: steerco/apps/finance/models.py steerco/apps/indicators/models.py
#: steerco/apps/planning/models.py
msgid "by"
msgstr "von"

#: steerco/apps/finance/models.py steerco/apps/indicators/models.py
#: steerco/apps/planning/models.py
msgid "at"
msgstr "am"

#: steerco/apps/finance/models.py steerco/apps/indicators/models.py
#: steerco/apps/links/services.py steerco/apps/planning/models.py
#: steerco/apps/planning/services.py steerco/interfaces/cli/restore.py
msgid "file"
msgstr "Datei"

#: steerco/apps/finance/models.py steerco/apps/raid/registers/contingency.py
msgid "reason"
msgstr "Grund"

#: steerco/apps/finance/models.py
msgid "figures"
msgstr "Zahlen"

#: steerco/apps/finance/models.py
msgid "change of a money sheet"
msgstr "Änderung eines Finanzblatts"

#: steerco/apps/finance/models.py
msgid "changes of money sheets"
msgstr "Änderungen von Finanzblättern"

#: steerco/apps/finance/panels.py steerco/apps/finance/showing.py
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "Whole life"
msgstr "Gesamte Laufzeit"

#: steerco/apps/finance/previews.py
#, python-format
msgid "row %(n)s"
msgstr "Zeile %(n)s"

#: steerco/apps/finance/previews.py
msgid "No initiative with this code is here, or you may not see it."
msgstr "Kein Vorhaben mit diesem Kürzel ist hier, oder es ist für Sie nicht sichtbar."

#: steerco/apps/finance/previews.py
msgid "You may not write figures there."
msgstr "Dort dürfen Sie keine Zahlen schreiben."

#: steerco/apps/finance/previews.py
#, python-format
msgid "The row is in %(theirs)s, the sheet in %(ours)s. Currencies are never mixed."
msgstr "Die Zeile ist in %(theirs)s, das Blatt in %(ours)s. Währungen werden nie gemischt."

#: steerco/apps/finance/previews.py
msgid "Some cells are refused: correct them, or leave them out."
msgstr "Einige Zellen sind abgelehnt: berichtigen oder weglassen."

#: steerco/apps/finance/previews.py
msgid "Something changed since you looked. Look again, then write."
msgstr "Seit der Vorschau hat sich etwas geändert. Noch einmal ansehen, dann schreiben."

#: steerco/apps/finance/services.py
#, python-format
msgid "%(month)s is not within 1990 and 2099."
msgstr "%(month)s liegt nicht zwischen 1990 und 2099."

#: steerco/apps/finance/services.py
msgid "The amount is larger than any amount here."
msgstr "Der Betrag ist größer als jeder Betrag hier."

#: steerco/apps/finance/services.py
#, python-format
msgid "%(month)s has not begun: nothing can be spent in it yet."
msgstr "%(month)s hat noch nicht begonnen: Darin kann noch nichts ausgegeben sein."

#: steerco/apps/finance/services.py
msgid "The data date is in the future."
msgstr "Der Datenstand liegt in der Zukunft."

#: steerco/apps/finance/services.py
#, python-format
msgid "The figures are in %(theirs)s, the sheet is in %(ours)s. Currencies are never mixed."
msgstr "Die Zahlen sind in %(theirs)s, das Blatt ist in %(ours)s. Währungen werden nie gemischt."

#: steerco/apps/finance/services.py
#, python-format
msgid "%(month)s is closed (%(line)s): say why it changes."
msgstr "%(month)s ist abgeschlossen (%(line)s): Bitte angeben, warum es sich ändert."

#: steerco/apps/finance/services.py
msgid "A month that has not begun cannot be closed."
msgstr "Ein Monat, der noch nicht begonnen hat, lässt sich nicht abschließen."

#: steerco/apps/finance/services.py
msgid "Say why closed months are opened again."
msgstr "Bitte angeben, warum abgeschlossene Monate wieder geöffnet werden."

#: steerco/apps/finance/showing.py
#, python-format
msgid "as of %(day)s"
msgstr "Stand %(day)s"

#: steerco/apps/finance/showing.py
msgid "Approved"
msgstr "Genehmigt"

#: steerco/apps/finance/showing.py
msgid "Capital and revenue together."
msgstr "Investition und Aufwand zusammen."

#: steerco/apps/finance/showing.py
msgid "Spent"
msgstr "Ausgegeben"

#: steerco/apps/finance/showing.py
#: steerco/apps/finance/templates/finance/below.html
msgid "Actual and accrual, up to the last month that has either."
msgstr "Ist und Abgrenzung, bis zum letzten Monat, der eines von beiden hat."

#: steerco/apps/finance/showing.py
#: steerco/apps/planning/templates/planning/_next.html
#: steerco/exchange/packs/labels.py
msgid "Expected"
msgstr "Erwartet"

#: steerco/apps/finance/showing.py
#: steerco/apps/finance/templates/finance/below.html
msgid "Spent to date, and the forecast of the months after it."
msgstr "Bisher ausgegeben, dazu die Prognose der Monate danach."

#: steerco/apps/finance/showing.py
msgid "Expected less approved"
msgstr "Erwartet abzüglich genehmigt"

#: steerco/apps/finance/showing.py
msgid "Above zero is more than was approved."
msgstr "Über null ist mehr, als genehmigt wurde."

#: steerco/apps/finance/showing.py
msgid "Contingency set aside"
msgstr "Risikoreserve zurückgelegt"

#: steerco/apps/finance/showing.py
msgid "Approved movements of the contingency register."
msgstr "Genehmigte Bewegungen im Register der Risikoreserve."

#: steerco/apps/finance/showing.py
msgid "Contingency drawn"
msgstr "Risikoreserve entnommen"

#: steerco/apps/finance/showing.py
msgid "Drawn for risks, less what was given back."
msgstr "Für Risiken entnommen, abzüglich des Zurückgegebenen."

#: steerco/apps/finance/showing.py
msgid "Contingency left"
msgstr "Risikoreserve übrig"

#: steerco/apps/finance/showing.py
msgid "Set aside less drawn, at the end of the month."
msgstr "Zurückgelegt abzüglich entnommen, am Ende des Monats."

#: steerco/apps/finance/templates/finance/_close_fields.html
msgid "Close up to and with"
msgstr "Abschließen bis einschließlich"

#: steerco/apps/finance/templates/finance/_close_fields.html
msgid "needed to open again"
msgstr "zum Wiederöffnen nötig"

#: steerco/apps/finance/templates/finance/_close_fields.html
msgid "Close months"
msgstr "Monate abschließen"

#: steerco/apps/finance/templates/finance/_close_fields.html
msgid "Open all again"
msgstr "Alle wieder öffnen"

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
msgid "spent"
msgstr "ausgegeben"

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "expected"
msgstr "erwartet"

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "against approved"
msgstr "gegenüber genehmigt"

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
#, python-format
msgid "Oldest data date %(day)s."
msgstr "Ältester Datenstand %(day)s."

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "Money by month"
msgstr "Geld nach Monaten"

#: steerco/apps/finance/templates/finance/_money.html
#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "There are no figures yet."
msgstr "Es gibt noch keine Zahlen."

#: steerco/apps/finance/templates/finance/_money.html
msgid "Enter money by month"
msgstr "Geld nach Monaten eintragen"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Cells"
msgstr "Zellen"

#: steerco/apps/finance/templates/finance/_paste_form.html
#, python-brace-format
msgid "{rows} rows, {columns} columns"
msgstr "{rows} Zeilen, {columns} Spalten"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Lines that do not say are"
msgstr "Zeilen ohne Angabe sind"

#: steerco/apps/finance/templates/finance/_paste_form.html
#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/raid/states.py
msgid "refused"
msgstr "abgelehnt"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Amounts are in"
msgstr "Beträge in"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "as the headings say"
msgstr "wie die Überschriften sagen"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "whole units"
msgstr "ganzen Einheiten"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "thousands"
msgstr "Tausend"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "millions"
msgstr "Millionen"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Decimal mark"
msgstr "Dezimalzeichen"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "as the amounts say"
msgstr "wie die Beträge zeigen"

#: steerco/apps/finance/templates/finance/_paste_form.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/templates/finance/upload.html
msgid "The figures are right as of"
msgstr "Die Zahlen stimmen zum Stand"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Cells without headings"
msgstr "Zellen ohne Überschriften"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "First line"
msgstr "Erste Zeile"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "First month"
msgstr "Erster Monat"

#: steerco/apps/finance/templates/finance/_paste_form.html
msgid "Look at what would change"
msgstr "Ansehen, was sich ändern würde"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "What would be written"
msgstr "Was geschrieben würde"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "%(n)s figure changes,"
msgid_plural "%(n)s figures change,"
msgstr[0] "%(n)s Zahl ändert sich,"
msgstr[1] "%(n)s Zahlen ändern sich,"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "%(n)s stays and gets the new data date,"
msgid_plural "%(n)s stay and get the new data date,"
msgstr[0] "%(n)s bleibt und bekommt den neuen Datenstand,"
msgstr[1] "%(n)s bleiben und bekommen den neuen Datenstand,"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "%(n)s cell is refused."
msgid_plural "%(n)s cells are refused."
msgstr[0] "%(n)s Zelle ist abgelehnt."
msgstr[1] "%(n)s Zellen sind abgelehnt."

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "Amounts are read in units of %(n)s."
msgstr "Beträge werden in Einheiten von %(n)s gelesen."

#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/raid/registers/dependencies.py
msgid "Refused"
msgstr "Abgelehnt"

#: steerco/apps/finance/templates/finance/_preview.html
#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Cell"
msgstr "Zelle"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "What stands there"
msgstr "Was dort steht"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "%(n)s row or column is left out"
msgid_plural "%(n)s rows or columns are left out"
msgstr[0] "%(n)s Zeile oder Spalte ist weggelassen"
msgstr[1] "%(n)s Zeilen oder Spalten sind weggelassen"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "Line"
msgstr "Zeile"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "After"
msgstr "Nachher"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "Difference"
msgstr "Unterschied"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "Why a figure of a closed month changes"
msgid_plural "Why %(n)s figures of closed months change"
msgstr[0] "Warum sich eine Zahl eines abgeschlossenen Monats ändert"
msgstr[1] "Warum sich %(n)s Zahlen abgeschlossener Monate ändern"

#: steerco/apps/finance/templates/finance/_preview.html
msgid "Leave the refused cells out"
msgstr "Die abgelehnten Zellen weglassen"

#: steerco/apps/finance/templates/finance/_preview.html
#, python-format
msgid "Write %(n)s figure"
msgid_plural "Write %(n)s figures"
msgstr[0] "%(n)s Zahl schreiben"
msgstr[1] "%(n)s Zahlen schreiben"

#: steerco/apps/finance/templates/finance/below.html
msgid "Own figures by month"
msgstr "Eigene Zahlen nach Monaten"

#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/templates/finance/upload.html
msgid "Export to Excel"
msgstr "Nach Excel ausgeben"

#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/upload.html
msgid "Bring a file"
msgstr "Datei einlesen"

#: steerco/apps/finance/templates/finance/below.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "Fiscal year"
msgstr "Geschäftsjahr"

#: steerco/apps/finance/templates/finance/below.html
msgid "Only what you may see is summed, each currency by itself."
msgstr "Summiert ist nur, was für Sie sichtbar ist, jede Währung für sich."

#: steerco/apps/finance/templates/finance/below.html
msgid "Without figures"
msgstr "Ohne Zahlen"

#: steerco/apps/finance/templates/finance/below.html
msgid "no figures"
msgstr "keine Zahlen"

#: steerco/apps/finance/templates/finance/below.html
#, python-format
msgid "Sum of %(n)s sheet"
msgid_plural "Sum of %(n)s sheets"
msgstr[0] "Summe aus %(n)s Blatt"
msgstr[1] "Summe aus %(n)s Blättern"

#: steerco/apps/finance/templates/finance/below.html
msgid "Type or paste them on the sheet of an initiative, or bring one file for all."
msgstr "Auf dem Blatt eines Vorhabens eintippen oder einfügen, oder eine Datei für alle einlesen."

#: steerco/apps/finance/templates/finance/below.html
msgid "Figures older than a month and a half"
msgstr "Zahlen, die älter als anderthalb Monate sind"

#: steerco/apps/finance/templates/finance/below.html
msgid "Close months of all sheets here"
msgstr "Monate aller Blätter hier abschließen"

#: steerco/apps/finance/templates/finance/below.html
msgid "Actual, accrual and forecast of a closed month change only with a reason."
msgstr "Ist, Abgrenzung und Prognose eines abgeschlossenen Monats ändern sich nur mit einem Grund."

#: steerco/apps/finance/templates/finance/paste.html
#: steerco/apps/finance/templates/finance/sheet.html
msgid "Paste from Excel"
msgstr "Aus Excel einfügen"

#: steerco/apps/finance/templates/finance/paste.html
msgid "Back without writing"
msgstr "Zurück, ohne zu schreiben"

#: steerco/apps/finance/templates/finance/paste.html
msgid "Read otherwise"
msgstr "Anders lesen"

#: steerco/apps/finance/templates/finance/sheet.html
msgid "With all below"
msgstr "Mit allem darunter"

#: steerco/apps/finance/templates/finance/sheet.html
#, python-format
msgid "All amounts in %(currency)s."
msgstr "Alle Beträge in %(currency)s."

#: steerco/apps/finance/templates/finance/sheet.html
#, python-format
msgid "Spent to %(month)s; the forecast counts after it."
msgstr "Ausgegeben bis %(month)s; danach zählt die Prognose."

#: steerco/apps/finance/templates/finance/sheet.html
#, python-format
msgid "Closed up to %(month)s."
msgstr "Abgeschlossen bis %(month)s."

#: steerco/apps/finance/templates/finance/sheet.html
msgid "Type them below, or paste them from Excel."
msgstr "Unten eintippen oder aus Excel einfügen."

#: steerco/apps/finance/templates/finance/sheet.html
msgid "nothing approved yet"
msgstr "noch nichts genehmigt"

#: steerco/apps/finance/templates/finance/sheet.html
msgid "nothing spent or forecast yet"
msgstr "noch nichts ausgegeben oder prognostiziert"

#: steerco/apps/finance/templates/finance/sheet.html
msgid "needed for closed months"
msgstr "nötig für abgeschlossene Monate"

#: steerco/apps/finance/templates/finance/sheet.html
msgid "Copy the row with the months and the lines below it. You see what would change before anything is written."
msgstr "Die Zeile mit den Monaten und die Zeilen darunter kopieren. Was sich ändern würde, ist zu sehen, bevor etwas geschrieben wird."

#: steerco/apps/finance/templates/finance/sheet.html
msgid "Written lately"
msgstr "Zuletzt geschrieben"

#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/templates/finance/upload.html
#, python-format
msgid "%(n)s figure"
msgid_plural "%(n)s figures"
msgstr[0] "%(n)s Zahl"
msgstr[1] "%(n)s Zahlen"

#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/undoing.py steerco/apps/indicators/models.py
msgid "taken back"
msgstr "zurückgenommen"

#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/planning/templates/planning/taken.html
#: steerco/kit/imports/templates/imports/index.html
msgid "Undo"
msgstr "Zurücknehmen"

#: steerco/apps/finance/templates/finance/sheet.html
#: steerco/apps/office/templates/office/own.html
msgid "Nothing yet."
msgstr "Noch nichts."

#: steerco/apps/finance/templates/finance/sheet.html
msgid "No change: all figures are right as of today"
msgstr "Keine Änderung: Alle Zahlen stimmen zum heutigen Stand"

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/site/navigation.py
msgid "Money from a file"
msgstr "Geld aus einer Datei"

#: steerco/apps/finance/templates/finance/upload.html
#, python-format
msgid "%(n)s row"
msgid_plural "%(n)s rows"
msgstr[0] "%(n)s Zeile"
msgstr[1] "%(n)s Zeilen"

#: steerco/apps/finance/templates/finance/upload.html
msgid "choose"
msgstr "wählen"

#: steerco/apps/finance/templates/finance/upload.html
msgid "not in the file"
msgstr "nicht in der Datei"

#: steerco/apps/finance/templates/finance/upload.html
msgid "Rows that do not say are"
msgstr "Zeilen ohne Angabe sind"

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/planning/templates/planning/_choice.html
#: steerco/apps/planning/templates/planning/_reading.html
#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Look again"
msgstr "Erneut nachsehen"

#: steerco/apps/finance/templates/finance/upload.html
msgid "Another file"
msgstr "Andere Datei"

#: steerco/apps/finance/templates/finance/upload.html
msgid "One row for each initiative, month and kind of figure: code, month, kind, capital or revenue, amount, currency. You see what would change before anything is written, and can undo it."
msgstr "Eine Zeile je Vorhaben, Monat und Art der Zahl: Kürzel, Monat, Art, Investition oder Aufwand, Betrag, Währung. Was sich ändern würde, ist vorher zu sehen und lässt sich zurücknehmen."

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "File"
msgstr "Datei"

#: steerco/apps/finance/templates/finance/upload.html
msgid "Excel or CSV, up to 5,000 rows. The export has the same columns."
msgstr "Excel oder CSV, bis 5.000 Zeilen. Die Ausgabe hat dieselben Spalten."

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "Read it"
msgstr "Einlesen"

#: steerco/apps/finance/templates/finance/upload.html
msgid "Files so far"
msgstr "Bisherige Dateien"

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#, python-format
msgid "%(n)s initiative"
msgid_plural "%(n)s initiatives"
msgstr[0] "%(n)s Vorhaben"
msgstr[1] "%(n)s Vorhaben"

#: steerco/apps/finance/templates/finance/upload.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "None yet."
msgstr "Noch keine."

#: steerco/apps/finance/undoing.py
msgid "This has been taken back already."
msgstr "Das ist bereits zurückgenommen."

#: steerco/apps/finance/undoing.py steerco/apps/planning/services.py
#: steerco/kit/imports/undoing.py
msgid "There is nothing to undo."
msgstr "Es gibt nichts zurückzunehmen."

#: steerco/apps/finance/views.py
#, python-format
msgid "“%(text)s” is no date."
msgstr "„%(text)s“ ist kein Datum."

#: steerco/apps/finance/views.py
msgid "Nothing was written: some amounts cannot be read."
msgstr "Nichts wurde geschrieben: Einige Beträge sind nicht lesbar."

#: steerco/apps/finance/views.py
msgid "Somebody changed the sheet meanwhile. Nothing was written: look again."
msgstr "Jemand hat das Blatt inzwischen geändert. Nichts wurde geschrieben: noch einmal ansehen."

#: steerco/apps/finance/views.py steerco/apps/planning/views.py
msgid "Nothing was changed."
msgstr "Nichts wurde geändert."

#: steerco/apps/finance/views.py
msgid "The figures are right as of that day."
msgstr "Die Zahlen stimmen zu diesem Stand."

#: steerco/apps/finance/views.py
msgid "Choose the last month that is closed."
msgstr "Den letzten Monat wählen, der abgeschlossen ist."

#: steerco/apps/finance/views.py
#, python-format
msgid "%(n)s sheet changed."
msgid_plural "%(n)s sheets changed."
msgstr[0] "%(n)s Blatt geändert."
msgstr[1] "%(n)s Blätter geändert."

#: steerco/apps/finance/wording.py
#, python-format
msgid "%(kind)s, %(nature)s"
msgstr "%(kind)s (%(nature)s)"

#: steerco/apps/followups/codes.py
msgid "There is no address to send a code to."
msgstr "Es gibt keine Adresse, an die ein Code gehen kann."

#: steerco/apps/followups/codes.py
msgid "Too many codes were asked for. Sign in, or ask for a new mail."
msgstr "Es wurden zu viele Codes angefordert. Bitte anmelden oder um eine neue Mail bitten."

#: steerco/apps/followups/codes.py
msgid "This code is no longer valid. Ask for a new one."
msgstr "Dieser Code gilt nicht mehr. Bitte einen neuen anfordern."

#: steerco/apps/followups/codes.py
msgid "This is not the code that was sent."
msgstr "Das ist nicht der Code, der geschickt wurde."

#: steerco/apps/followups/codes.py
#, python-format
msgid "Your code: %(code)s"
msgstr "Ihr Code: %(code)s"

#: steerco/apps/followups/codes.py
#, python-format
msgid "It is valid for %(minutes)s minutes. Nobody else may know it. If you did not ask for it, you need do nothing."
msgstr "Er gilt %(minutes)s Minuten. Niemand sonst darf ihn kennen. Wenn Sie ihn nicht angefordert haben, müssen Sie nichts tun."

#: steerco/apps/followups/codes.py
#, python-format
msgid "%(code)s is your code"
msgstr "%(code)s ist Ihr Code"

#: steerco/apps/followups/models.py
msgid "answered"
msgstr "beantwortet"

#: steerco/apps/followups/models.py
msgid "answered by silence"
msgstr "durch Schweigen beantwortet"

#: steerco/apps/followups/models.py
msgid "settled otherwise"
msgstr "anderweitig erledigt"

#: steerco/apps/followups/models.py
msgid "signed in"
msgstr "angemeldet"

#: steerco/apps/followups/models.py
msgid "signed in by a token"
msgstr "angemeldet durch ein Token"

#: steerco/apps/followups/models.py
msgid "by the link of a mail"
msgstr "durch den Link einer Mail"

#: steerco/apps/followups/models.py
msgid "by the link of a mail and a code sent to the address"
msgstr "durch den Link einer Mail und einen Code an die Adresse"

#: steerco/apps/followups/models.py
msgid "by agreed silence"
msgstr "durch vereinbartes Schweigen"

#: steerco/apps/followups/models.py
msgid "at the console"
msgstr "an der Konsole"

#: steerco/apps/followups/models.py
msgid "follow-up"
msgstr "Wiedervorlage"

#: steerco/apps/followups/models.py
msgid "follow-ups"
msgstr "Wiedervorlagen"

#: steerco/apps/followups/models.py
msgid "remind whoever owes it"
msgstr "erinnern, wer es schuldet"

#: steerco/apps/followups/models.py
msgid "tell the deputy"
msgstr "der Stellvertretung sagen"

#: steerco/apps/followups/models.py
msgid "tell the manager of the initiative"
msgstr "der Leitung des Vorhabens sagen"

#: steerco/apps/followups/models.py
msgid "tell the sponsor"
msgstr "dem Auftraggeber sagen"

#: steerco/apps/followups/models.py
msgid "tell whoever waits for it"
msgstr "sagen, wer darauf wartet"

#: steerco/apps/followups/models.py
msgid "working days after the due date"
msgstr "Arbeitstage nach der Fälligkeit"

#: steerco/apps/followups/models.py
msgid "what happens"
msgstr "was geschieht"

#: steerco/apps/followups/panels.py
msgid "What I owe"
msgstr "Was ich zu tun habe"

#: steerco/apps/followups/panels.py
msgid "I wait for"
msgstr "Ich warte auf"

#: steerco/apps/followups/services.py steerco/apps/followups/views.py
msgid "Say until when."
msgstr "Bitte sagen, bis wann."

#: steerco/apps/followups/services.py
msgid "Take a day between today and two years from now."
msgstr "Bitte einen Tag zwischen heute und in zwei Jahren wählen."

#: steerco/apps/followups/services.py
msgid "Say how much is done: 0 to 100."
msgstr "Bitte sagen, wie viel getan ist: 0 bis 100."

#: steerco/apps/followups/services.py
msgid "They owe it already."
msgstr "Dort liegt es schon."

#: steerco/apps/followups/services.py
msgid "They may not see what it is about."
msgstr "Die Person darf nicht sehen, worum es geht."

#: steerco/apps/followups/telling.py
#, python-format
msgid "due %(day)s, %(late)s days ago"
msgstr "fällig am %(day)s, vor %(late)s Tagen"

#: steerco/apps/followups/telling.py
msgid "due today"
msgstr "heute fällig"

#: steerco/apps/followups/telling.py
msgid "You are asked"
msgstr "Sie sind gefragt"

#: steerco/apps/followups/telling.py
#, python-format
msgid "Nobody answers for %(debtor)s; you stand in."
msgstr "Für %(debtor)s antwortet niemand; Sie springen ein."

#: steerco/apps/followups/telling.py
#, python-format
msgid "%(who)s waits for it and reminds you."
msgstr "%(who)s wartet darauf und erinnert Sie."

#: steerco/apps/followups/telling.py
msgid "You were given more time."
msgstr "Sie haben mehr Zeit bekommen."

#: steerco/apps/followups/telling.py
msgid "The date stays."
msgstr "Der Termin bleibt."

#: steerco/apps/followups/telling.py
#, python-format
msgid "You are a deputy of %(debtor)s."
msgstr "Sie vertreten %(debtor)s."

#: steerco/apps/followups/telling.py
#, python-format
msgid "You lead the initiative; %(debtor)s owes it."
msgstr "Sie leiten das Vorhaben; zuständig ist %(debtor)s."

#: steerco/apps/followups/telling.py
#, python-format
msgid "You sponsor the initiative; %(debtor)s owes it."
msgstr "Sie sind Auftraggeber des Vorhabens; zuständig ist %(debtor)s."

#: steerco/apps/followups/telling.py
#, python-format
msgid "You wait for it; %(debtor)s owes it."
msgstr "Sie warten darauf; zuständig ist %(debtor)s."

#: steerco/apps/followups/telling.py
msgid "Late with others"
msgstr "Bei anderen überfällig"

#: steerco/apps/followups/templates/followups/_answers.html
#: steerco/apps/followups/templates/followups/_more.html
msgid "Until"
msgstr "Bis"

#: steerco/apps/followups/templates/followups/_answers.html
#: steerco/apps/followups/templates/followups/_more.html
#, python-format
msgid "Done, %%"
msgstr "Getan, %%"

#: steerco/apps/followups/templates/followups/_awaited_row.html
#: steerco/apps/followups/templates/followups/_work_row.html
#: steerco/apps/office/templates/office/_due.html
msgid "no date"
msgstr "ohne Termin"

#: steerco/apps/followups/templates/followups/_awaited_row.html
msgid "Reminded today"
msgstr "Heute erinnert"

#: steerco/apps/followups/templates/followups/_awaited_row.html
msgid "Remind"
msgstr "Erinnern"

#: steerco/apps/followups/templates/followups/_more.html
msgid "Ask for more time"
msgstr "Um mehr Zeit bitten"

#: steerco/apps/followups/templates/followups/_more.html
#: steerco/apps/followups/templates/followups/delegate.html
msgid "Hand on"
msgstr "Weitergeben"

#: steerco/apps/followups/templates/followups/_work.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
msgid "Order"
msgstr "Reihenfolge"

#: steerco/apps/followups/templates/followups/_work.html
msgid "By date"
msgstr "Nach Termin"

#: steerco/apps/followups/templates/followups/_work.html
msgid "The rank of the initiative: 1 is the most important."
msgstr "Der Rang des Vorhabens: 1 ist der wichtigste."

#: steerco/apps/followups/templates/followups/_work.html
#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "By rank"
msgstr "Nach Rang"

#: steerco/apps/followups/templates/followups/_work.html
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/office/templates/office/queue.html
#, python-format
msgid "%(n)s more"
msgid_plural "%(n)s more"
msgstr[0] "%(n)s weiteres"
msgstr[1] "%(n)s weitere"

#: steerco/apps/followups/templates/followups/_work_row.html
#, python-format
msgid "rank %(rank)s"
msgstr "Rang %(rank)s"

#: steerco/apps/followups/templates/followups/_work_row.html
msgid "Answer…"
msgstr "Antworten…"

#: steerco/apps/followups/templates/followups/_work_row.html
msgid "More…"
msgstr "Mehr…"

#: steerco/apps/followups/templates/followups/closed.html
msgid "Nothing to answer here"
msgstr "Hier ist nichts zu beantworten"

#: steerco/apps/followups/templates/followups/closed.html
msgid "The link was used, has expired, or is no longer needed."
msgstr "Der Link wurde benutzt, ist abgelaufen oder wird nicht mehr gebraucht."

#: steerco/apps/followups/templates/followups/delegate.html
msgid "Whoever you name is asked and reminded from now on; the history shows that it came from you."
msgstr "Wen Sie nennen, der wird von nun an gefragt und erinnert; der Verlauf zeigt, dass es von Ihnen kam."

#: steerco/apps/followups/templates/followups/link.html
msgid "This one asks you to sign in first."
msgstr "Dafür müssen Sie sich zuerst anmelden."

#: steerco/apps/followups/templates/followups/link.html
#: steerco/site/templates/account/login.html
msgid "Sign in"
msgstr "Anmelden"

#: steerco/apps/followups/templates/followups/link.html
#, python-format
msgid "Because of what depends on it, this one asks for a code, which we send to %(address)s."
msgstr "Weil viel davon abhängt, wird hier ein Code verlangt, den wir an %(address)s schicken."

#: steerco/apps/followups/templates/followups/link.html
msgid "Send me the code"
msgstr "Code schicken"

#: steerco/apps/followups/templates/followups/link.html
msgid "Sign in instead"
msgstr "Stattdessen anmelden"

#: steerco/apps/followups/templates/followups/link.html
msgid "Code from the mail"
msgstr "Code aus der Mail"

#: steerco/apps/followups/templates/followups/link.html
#, python-format
msgid "We sent it to %(address)s."
msgstr "Er ging an %(address)s."

#: steerco/apps/followups/templates/followups/link.html
msgid "Send a new code"
msgstr "Neuen Code schicken"

#: steerco/apps/followups/templates/followups/page.html
msgid "Hand on…"
msgstr "Weitergeben …"

#: steerco/apps/followups/templates/followups/team.html
#: steerco/site/navigation.py
msgid "My team"
msgstr "Mein Team"

#: steerco/apps/followups/templates/followups/team.html
msgid "What others owe in the initiatives that you lead."
msgstr "Was andere in den Vorhaben zu tun haben, die Sie leiten."

#: steerco/apps/followups/templates/followups/team.html
#, python-format
msgid "%(n)s open"
msgid_plural "%(n)s open"
msgstr[0] "%(n)s offen"
msgstr[1] "%(n)s offen"

#: steerco/apps/followups/templates/followups/team.html
#, python-format
msgid "%(n)s overdue"
msgid_plural "%(n)s overdue"
msgstr[0] "%(n)s überfällig"
msgstr[1] "%(n)s überfällig"

#: steerco/apps/followups/templates/followups/team.html
#, python-format
msgid "In the last ninety days %(percent)s %% of %(n)s answers came in time."
msgstr "In den letzten neunzig Tagen kamen %(percent)s %% von %(n)s Antworten rechtzeitig."

#: steerco/apps/followups/templates/followups/team.html
msgid "Nothing is owed here."
msgstr "Hier ist nichts zu tun."

#: steerco/apps/followups/templates/followups/team.html
msgid "What others owe in your initiatives stands here by its date."
msgstr "Was andere in Ihren Vorhaben zu tun haben, steht hier nach Termin."

#: steerco/apps/followups/templates/followups/team.html
#, python-format
msgid "The first %(n)s are shown."
msgstr "Die ersten %(n)s werden gezeigt."

#: steerco/apps/followups/templates/followups/thanks.html
msgid "Thank you"
msgstr "Danke"

#: steerco/apps/followups/templates/followups/thanks.html
msgid "Your answer is kept."
msgstr "Ihre Antwort ist festgehalten."

#: steerco/apps/followups/templates/followups/thanks.html
msgid "Tell more"
msgstr "Mehr sagen"

#: steerco/apps/followups/views.py
msgid "Answered."
msgstr "Beantwortet."

#: steerco/apps/followups/views.py
#, python-format
msgid "Handed on to %(name)s."
msgstr "An %(name)s weitergegeben."

#: steerco/apps/followups/views.py
msgid "Handed on."
msgstr "Weitergegeben."

#: steerco/apps/followups/views.py
msgid "Asked for more time."
msgstr "Um mehr Zeit gebeten."

#: steerco/apps/followups/views.py
msgid "A reminder goes with their next mail."
msgstr "Die Erinnerung geht mit der nächsten Mail hinaus."

#: steerco/apps/followups/views.py
msgid "They were reminded today."
msgstr "Heute wurde schon erinnert."

#: steerco/apps/followups/views.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/kit/registers/filters.py
msgid "all"
msgstr "alle"

#: steerco/apps/followups/views.py
msgid "due in two weeks"
msgstr "in zwei Wochen fällig"

#: steerco/apps/followups/waiting.py
msgid "Nobody can give more time for this."
msgstr "Hierfür kann niemand mehr Zeit geben."

#: steerco/apps/followups/waiting.py
msgid "That is no more time than there is."
msgstr "Das ist nicht mehr Zeit als bisher."

#: steerco/apps/followups/waiting.py
msgid "This has been asked already."
msgstr "Darum wurde schon gebeten."

#: steerco/apps/followups/waiting.py
#, python-format
msgid "More time, until %(day)s, for: %(question)s (%(reason)s)"
msgstr "Mehr Zeit, bis %(day)s, für: %(question)s (%(reason)s)"

#: steerco/apps/followups/waiting.py
msgid "More time"
msgstr "Mehr Zeit"

#: steerco/apps/followups/waiting.py
msgid "You wait for it."
msgstr "Sie warten darauf."

#: steerco/apps/followups/waiting.py
msgid "Give the time"
msgstr "Zeit geben"

#: steerco/apps/followups/waiting.py
msgid "Keep the date"
msgstr "Termin halten"

#: steerco/apps/governance/models.py
msgid "background"
msgstr "Hintergrund"

#: steerco/apps/governance/models.py
msgid "reverses"
msgstr "hebt auf"

#: steerco/apps/governance/models.py
msgid "touches safety"
msgstr "betrifft die Sicherheit"

#: steerco/apps/governance/models.py
msgid "what silence means: option"
msgstr "was Schweigen bedeutet: Möglichkeit"

#: steerco/apps/governance/models.py
msgid "clause by which silence decides"
msgstr "Klausel, nach der Schweigen entscheidet"

#: steerco/apps/governance/models.py
msgid "decisions"
msgstr "Entscheidungen"

#: steerco/apps/governance/models.py steerco/apps/governance/reminders.py
msgid "Something else"
msgstr "Etwas anderes"

#: steerco/apps/governance/models.py
msgid "Background"
msgstr "Hintergrund"

#: steerco/apps/governance/models.py
#, python-format
msgid "Reversed by %(reference)s."
msgstr "Aufgehoben durch %(reference)s."

#: steerco/apps/governance/models.py
msgid "Quote the clause by which silence decides."
msgstr "Die Klausel zitieren, nach der Schweigen entscheidet."

#: steerco/apps/governance/models.py
msgid "Name one of the options by its number: o1 is the first."
msgstr "Eine der Möglichkeiten mit ihrer Nummer nennen: o1 ist die erste."

#: steerco/apps/governance/models.py
msgid "Silence never decides about money or safety."
msgstr "Schweigen entscheidet nie über Geld oder Sicherheit."

#: steerco/apps/governance/models.py
msgid "Silence never decides for a body."
msgstr "Schweigen entscheidet nie für ein Gremium."

#: steerco/apps/governance/models.py
msgid "Silence needs a day on which it speaks."
msgstr "Schweigen braucht einen Tag, an dem es gilt."

#: steerco/apps/governance/models.py
msgid "A decision does not reverse itself."
msgstr "Eine Entscheidung hebt sich nicht selbst auf."

#: steerco/apps/governance/models.py steerco/apps/indicators/models.py
#: steerco/apps/initiatives/models.py steerco/apps/links/models.py
#: steerco/apps/office/models.py steerco/apps/organisation/models.py
#: steerco/apps/people/models.py steerco/apps/reporting/models.py
#: steerco/apps/stakeholders/registers.py steerco/kit/imports/models.py
#: steerco/kit/registers/models.py
msgid "name"
msgstr "Name"

#: steerco/apps/governance/models.py
msgid "terms of reference"
msgstr "Auftrag"

#: steerco/apps/governance/models.py
msgid "meets"
msgstr "tagt"

#: steerco/apps/governance/models.py
msgid "quorum"
msgstr "Beschlussfähigkeit"

#: steerco/apps/governance/models.py
msgid "dissolved on"
msgstr "aufgelöst am"

#: steerco/apps/governance/models.py steerco/apps/people/models.py
msgid "body"
msgstr "Gremium"

#: steerco/apps/governance/models.py
msgid "bodies"
msgstr "Gremien"

#: steerco/apps/governance/openings.py
#, python-format
msgid "Escalated: %s"
msgstr "Eskaliert: %s"

#: steerco/apps/governance/openings.py
#, python-format
msgid "It is about %(record)s."
msgstr "Es geht um %(record)s."

#: steerco/apps/governance/openings.py
#, python-format
msgid "What is to be done about %(record)s?"
msgstr "Was ist zu tun bei: %(record)s?"

#: steerco/apps/governance/openings.py
msgid "Make it a decision paper"
msgstr "Zur Entscheidungsvorlage machen"

#: steerco/apps/governance/openings.py
msgid "Open a decision paper"
msgstr "Entscheidungsvorlage anlegen"

#: steerco/apps/governance/panels.py
#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/apps/governance/templates/governance/overview.html
msgid "How deciding goes"
msgstr "Wie entschieden wird"

#: steerco/apps/governance/panels.py
msgid "What is done about it"
msgstr "Was daraus folgt"

#: steerco/apps/governance/registers.py steerco/apps/governance/reminders.py
msgid "Decision"
msgstr "Entscheidung"

#: steerco/apps/governance/registers.py
#: steerco/apps/governance/templates/governance/overview.html
msgid "Decisions"
msgstr "Entscheidungen"

#: steerco/apps/governance/registers.py
msgid "What has to be decided, by whom and by when; and what was decided, with its reason."
msgstr "Was von wem bis wann zu entscheiden ist; und was mit welchem Grund entschieden wurde."

#: steerco/apps/governance/registers.py
msgid "question"
msgstr "Frage"

#: steerco/apps/governance/registers.py
msgid "Who prepares it."
msgstr "Wer sie vorbereitet."

#: steerco/apps/governance/registers.py
msgid "amount at stake"
msgstr "Betrag, um den es geht"

#: steerco/apps/governance/registers.py
msgid "working days at stake"
msgstr "Arbeitstage, um die es geht"

#: steerco/apps/governance/registers.py
msgid "By how much it moves the end."
msgstr "Um wie viel sich das Ende verschiebt."

#: steerco/apps/governance/registers.py
msgid "A person, a post or a body. Left empty, the decision rights say who."
msgstr "Eine Person, eine Stelle oder ein Gremium. Bleibt das Feld leer, sagen die Entscheidungsrechte, wer."

#: steerco/apps/governance/registers.py
msgid "Who has to agree where two people decide, or where the decider wrote the paper."
msgstr "Wer zustimmen muss, wenn zwei entscheiden oder wenn die Vorlage von der entscheidenden Person stammt."

#: steerco/apps/governance/registers.py
msgid "Only where a clause allows it; never for bodies, money or safety."
msgstr "Nur wo eine Klausel es erlaubt; nie für Gremien, Geld oder Sicherheit."

#: steerco/apps/governance/registers.py
msgid "What is to be decided"
msgstr "Was zu entscheiden ist"

#: steerco/apps/governance/registers.py
msgid "At stake"
msgstr "Worum es geht"

#: steerco/apps/governance/registers.py
msgid "If nobody answers"
msgstr "Wenn niemand antwortet"

#: steerco/apps/governance/registers.py
msgid "To be confirmed"
msgstr "Zu bestätigen"

#: steerco/apps/governance/registers.py
msgid "Decision log"
msgstr "Entscheidungsverzeichnis"

#: steerco/apps/governance/registers.py
msgid "Deferred"
msgstr "Zurückgestellt"

#: steerco/apps/governance/registers.py
msgid "Reversed"
msgstr "Aufgehoben"

#: steerco/apps/governance/registers.py
msgid "Body"
msgstr "Gremium"

#: steerco/apps/governance/registers.py
msgid "Bodies"
msgstr "Gremien"

#: steerco/apps/governance/registers.py
msgid "Boards and committees that decide in a room. Who sits in them stands with the posts."
msgstr "Ausschüsse und Gremien, die in einer Sitzung entscheiden. Wer darin sitzt, steht bei den Stellen."

#: steerco/apps/governance/registers.py
msgid "Empty: for the whole organisation."
msgstr "Leer: für die ganze Organisation."

#: steerco/apps/governance/registers.py
msgid "For example: every second Tuesday."
msgstr "Zum Beispiel: jeden zweiten Dienstag."

#: steerco/apps/governance/registers.py
msgid "How many members have to be there."
msgstr "Wie viele Mitglieder da sein müssen."

#: steerco/apps/governance/registers.py
msgid "How it meets"
msgstr "Wie es tagt"

#: steerco/apps/governance/reminders.py
#, python-format
msgid "Decide: %(title)s"
msgstr "Entscheiden: %(title)s"

#: steerco/apps/governance/services.py
msgid "Write at least two options first; one of them may be to do nothing."
msgstr "Zuerst mindestens zwei Möglichkeiten schreiben; eine darf sein, nichts zu tun."

#: steerco/apps/governance/states.py
msgid "prepared"
msgstr "vorbereitet"

#: steerco/apps/governance/states.py
msgid "reversed"
msgstr "aufgehoben"

#: steerco/apps/governance/states.py
msgid "Prepared"
msgstr "Vorbereitet"

#: steerco/apps/governance/templates/governance/_actions.html
msgid "No action yet."
msgstr "Noch keine Maßnahme."

#: steerco/apps/governance/templates/governance/_actions.html
#: steerco/apps/governance/templates/governance/action.html
msgid "Add an action"
msgstr "Maßnahme hinzufügen"

#: steerco/apps/governance/templates/governance/_wanted.html
#: steerco/apps/governance/templates/governance/overview.html
#: steerco/exchange/packs/labels.py
msgid "Question"
msgstr "Frage"

#: steerco/apps/governance/templates/governance/_wanted.html
#, python-format
msgid "%(count)s decision"
msgid_plural "%(count)s decisions"
msgstr[0] "%(count)s Entscheidung"
msgstr[1] "%(count)s Entscheidungen"

#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/raid/templates/raid/_places.html
msgid "Waiting for a decision"
msgstr "Wartet auf Entscheidung"

#: steerco/apps/governance/templates/governance/overview.html
msgid "Asked for, days"
msgstr "Angefragt seit, Tage"

#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/raid/templates/raid/_decide.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/site/templates/site/search.html
msgid "Show all"
msgstr "Alle zeigen"

#: steerco/apps/governance/templates/governance/overview.html
msgid "Nothing waits for a decision."
msgstr "Nichts wartet auf eine Entscheidung."

#: steerco/apps/governance/templates/governance/overview.html
msgid "How long deciding takes"
msgstr "Wie lange Entscheiden dauert"

#: steerco/apps/governance/templates/governance/overview.html
msgid "Calendar days from the asking to the decision, for a body to its meeting. Figures of people are shown only where five or more of them decided."
msgstr "Kalendertage von der Anfrage bis zur Entscheidung, bei einem Gremium bis zur Sitzung. Zahlen zu Personen stehen nur, wo fünf oder mehr entschieden haben."

#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/raid/templates/raid/_reserve.html
msgid "Decided by"
msgstr "Entschieden von"

#: steerco/apps/governance/templates/governance/overview.html
msgid "Half took at most, days"
msgstr "Die Hälfte dauerte höchstens, Tage"

#: steerco/apps/governance/templates/governance/overview.html
msgid "Longest, days"
msgstr "Am längsten, Tage"

#: steerco/apps/governance/templates/governance/overview.html
#: steerco/apps/initiatives/templates/initiatives/_office.html
#: steerco/apps/stakeholders/views.py
msgid "Overdue"
msgstr "Überfällig"

#: steerco/apps/governance/templates/governance/overview.html
msgid "No decision was asked for yet."
msgstr "Noch keine Entscheidung angefragt."

#: steerco/apps/governance/templates/governance/overview.html
msgid "What came of it"
msgstr "Was daraus wurde"

#: steerco/apps/governance/templates/governance/overview.html
msgid "led to an action"
msgstr "führten zu einer Maßnahme"

#: steerco/apps/governance/templates/governance/overview.html
msgid "reversed later"
msgstr "später aufgehoben"

#: steerco/apps/governance/views.py
msgid "The initiative that does it: this one, or one below it."
msgstr "Das Vorhaben, das es tut: dieses oder eines darunter."

#: steerco/apps/handover/models.py
msgid "offered"
msgstr "angeboten"

#: steerco/apps/handover/models.py steerco/apps/office/states.py
msgid "declined"
msgstr "abgelehnt"

#: steerco/apps/handover/models.py
msgid "offered to somebody else"
msgstr "jemand anderem angeboten"

#: steerco/apps/handover/models.py
msgid "note"
msgstr "Notiz"

#: steerco/apps/handover/models.py
msgid "part of a hand-over"
msgstr "Teil einer Übergabe"

#: steerco/apps/handover/models.py
msgid "parts of hand-overs"
msgstr "Teile von Übergaben"

#: steerco/apps/handover/panels.py
msgid "Belongings"
msgstr "Was dazugehört"

#: steerco/apps/handover/panels.py
#: steerco/apps/handover/templates/handover/leaving.html
#: steerco/site/navigation.py
msgid "Leaving"
msgstr "Ausscheidende"

#: steerco/apps/handover/reminders.py
#, python-format
msgid "Take over from %(person)s: %(where)s"
msgstr "Von %(person)s übernehmen: %(where)s"

#: steerco/apps/handover/reminders.py
msgid "Hand-over"
msgstr "Übergabe"

#: steerco/apps/handover/reminders.py
msgid "You are named as successor."
msgstr "Sie sind für die Nachfolge benannt."

#: steerco/apps/handover/reminders.py
msgid "I take it over"
msgstr "Ich übernehme"

#: steerco/apps/handover/reminders.py
msgid "Not I"
msgstr "Ich nicht"

#: steerco/apps/handover/services.py
#, python-format
msgid "%(name)s cannot take it over."
msgstr "%(name)s kann das nicht übernehmen."

#: steerco/apps/handover/services.py
msgid "This offer no longer stands. Ask the office to make it again."
msgstr "Dieses Angebot gilt nicht mehr. Bitte das Büro um ein neues bitten."

#: steerco/apps/handover/templates/handover/_leavers.html
#: steerco/apps/handover/templates/handover/leaving.html
msgid "left"
msgstr "ausgeschieden"

#: steerco/apps/handover/templates/handover/_leavers.html
#, python-format
msgid "%(n)s thing"
msgid_plural "%(n)s things"
msgstr[0] "%(n)s Sache"
msgstr[1] "%(n)s Sachen"

#: steerco/apps/handover/templates/handover/_leavers.html
msgid "All who leave"
msgstr "Alle Ausscheidenden"

#: steerco/apps/handover/templates/handover/_parts.html
#, python-format
msgid "%(n)s record"
msgid_plural "%(n)s records"
msgstr[0] "%(n)s Eintrag"
msgstr[1] "%(n)s Einträge"

#: steerco/apps/handover/templates/handover/_parts.html
#, python-format
msgid "%(n)s post"
msgid_plural "%(n)s posts"
msgstr[0] "%(n)s Stelle"
msgstr[1] "%(n)s Stellen"

#: steerco/apps/handover/templates/handover/_person.html
msgid "leaving"
msgstr "scheidet aus"

#: steerco/apps/handover/templates/handover/_person.html
#, python-format
msgid "%(n)s thing is theirs."
msgid_plural "%(n)s things are theirs."
msgstr[0] "%(n)s Sache gehört dazu."
msgstr[1] "%(n)s Sachen gehören dazu."

#: steerco/apps/handover/templates/handover/_person.html
msgid "Hand over…"
msgstr "Übergeben…"

#: steerco/apps/handover/templates/handover/hand_over.html
#, python-format
msgid "Hand-over of %(name)s"
msgstr "Übergabe von %(name)s"

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Open the person"
msgstr "Person öffnen"

#: steerco/apps/handover/templates/handover/hand_over.html
#, python-format
msgid "Last day %(day)s."
msgstr "Letzter Tag %(day)s."

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Each successor is asked to accept; until then the manager of the initiative answers."
msgstr "Wer nachfolgt, wird gefragt; bis zur Zusage antwortet die Leitung des Vorhabens."

#: steerco/apps/handover/templates/handover/hand_over.html
#, python-format
msgid "%(n)s link of a mail is open and closes when they are gone."
msgid_plural "%(n)s links of mails are open and close when they are gone."
msgstr[0] "%(n)s Link einer Mail ist offen und schließt mit dem Ausscheiden."
msgstr[1] "%(n)s Links von Mails sind offen und schließen mit dem Ausscheiden."

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "runs it"
msgstr "leitet es"

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "sponsors it"
msgstr "ist Auftraggeber"

#: steerco/apps/handover/templates/handover/hand_over.html
#, python-format
msgid "owes %(n)s"
msgstr "schuldet %(n)s"

#: steerco/apps/handover/templates/handover/hand_over.html
#, python-format
msgid "waits for %(n)s"
msgstr "wartet auf %(n)s"

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Offer"
msgstr "Anbieten"

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Outside of all initiatives"
msgstr "Außerhalb aller Vorhaben"

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Posts of the whole organisation are filled under Admin, not handed over."
msgstr "Stellen der ganzen Organisation werden unter Verwaltung besetzt, nicht übergeben."

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Nothing is left to hand over."
msgstr "Es ist nichts mehr zu übergeben."

#: steerco/apps/handover/templates/handover/hand_over.html
msgid "Offered so far"
msgstr "Bisher angeboten"

#: steerco/apps/handover/templates/handover/leaving.html
msgid "Who left, or leaves within two months, and still has something."
msgstr "Wer ausgeschieden ist oder in zwei Monaten ausscheidet und noch etwas hat."

#: steerco/apps/handover/templates/handover/leaving.html
#: steerco/apps/initiatives/views.py steerco/apps/people/registers.py
msgid "Person"
msgstr "Person"

#: steerco/apps/handover/templates/handover/leaving.html
#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "Last day"
msgstr "Letzter Tag"

#: steerco/apps/handover/templates/handover/leaving.html
msgid "Records"
msgstr "Einträge"

#: steerco/apps/handover/templates/handover/leaving.html
msgid "Owes"
msgstr "Schuldet"

#: steerco/apps/handover/templates/handover/leaving.html
msgid "Nobody leaves with anything."
msgstr "Niemand scheidet mit etwas aus."

#: steerco/apps/handover/templates/handover/leaving.html
msgid "Give a person a last day in the address book, and what they still have stands here."
msgstr "Im Adressbuch einen letzten Tag eintragen, dann steht hier, was die Person noch hat."

#: steerco/apps/handover/views.py
msgid "Note for the successors"
msgstr "Notiz für die Nachfolge"

#: steerco/apps/handover/views.py
msgid "Successor for all"
msgstr "Nachfolge für alles"

#: steerco/apps/handover/views.py
msgid "Who gets the shared lists"
msgstr "Wer die geteilten Listen bekommt"

#: steerco/apps/handover/views.py
msgid "Successor"
msgstr "Nachfolge"

#: steerco/apps/handover/views.py steerco/apps/initiatives/views.py
#: steerco/apps/office/services.py steerco/apps/office/views.py
msgid "Name a person."
msgstr "Bitte eine Person nennen."

#: steerco/apps/handover/views.py
msgid "Name a successor."
msgstr "Bitte eine Nachfolge benennen."

#: steerco/apps/handover/views.py
#, python-format
msgid "%d part offered."
msgid_plural "%d parts offered."
msgstr[0] "%d Teil angeboten."
msgstr[1] "%d Teile angeboten."

#: steerco/apps/hygiene/models.py
msgid "finding"
msgstr "Befund"

#: steerco/apps/hygiene/models.py
msgid "owners are asked by themselves"
msgstr "Verantwortliche werden von selbst gefragt"

#: steerco/apps/hygiene/models.py
msgid "people are measured"
msgstr "Personen werden gemessen"

#: steerco/apps/hygiene/panels.py
msgid "Confirm still right"
msgstr "Als weiterhin richtig bestätigen"

#: steerco/apps/hygiene/panels.py
#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/hygiene/templates/hygiene/rules.html
#: steerco/apps/hygiene/templates/hygiene/unanswered.html
#: steerco/site/navigation.py
msgid "Register hygiene"
msgstr "Registerpflege"

#: steerco/apps/hygiene/panels.py
msgid "To put in order"
msgstr "In Ordnung zu bringen"

#: steerco/apps/hygiene/panels.py
msgid "My records"
msgstr "Meine Einträge"

#: steerco/apps/hygiene/reminders.py steerco/apps/raid/reminders.py
msgid "Still right"
msgstr "Stimmt noch"

#: steerco/apps/hygiene/reminders.py
#, python-format
msgid "Is this still right? %(title)s"
msgstr "Stimmt das noch? %(title)s"

#: steerco/apps/hygiene/reminders.py
#, python-format
msgid "Please put in order: %(title)s"
msgstr "Bitte in Ordnung bringen: %(title)s"

#: steerco/apps/hygiene/reminders.py
msgid "Still right?"
msgstr "Stimmt das noch?"

#: steerco/apps/hygiene/reminders.py
msgid "You own it, and nobody has touched it for long."
msgstr "Sie sind verantwortlich, und es wurde lange nicht angefasst."

#: steerco/apps/hygiene/reminders.py
#: steerco/apps/hygiene/templates/hygiene/_initiative.html
msgid "Put in order"
msgstr "In Ordnung bringen"

#: steerco/apps/hygiene/reminders.py
msgid "You own it, and the office asks."
msgstr "Sie sind verantwortlich, und das Büro fragt."

#: steerco/apps/hygiene/reminders.py
msgid "I have put it in order"
msgstr "Ich habe es in Ordnung gebracht"

#: steerco/apps/hygiene/reminders.py
msgid "Not mine"
msgstr "Nicht meins"

#: steerco/apps/hygiene/rules.py
msgid "no owner"
msgstr "niemand verantwortlich"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "open for %(limit)s days or more without an owner"
msgstr "seit %(limit)s Tagen oder länger offen, ohne dass jemand verantwortlich ist"

#: steerco/apps/hygiene/rules.py
msgid "owner has left"
msgstr "Verantwortliche ausgeschieden"

#: steerco/apps/hygiene/rules.py
msgid "the owner has left"
msgstr "wer verantwortlich ist, ist ausgeschieden"

#: steerco/apps/hygiene/rules.py
msgid "post is vacant"
msgstr "Stelle unbesetzt"

#: steerco/apps/hygiene/rules.py
msgid "owned by a post that nobody holds"
msgstr "gehört einer Stelle, die niemand besetzt"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "its date passed more than %(limit)s days ago"
msgstr "der Termin ist seit mehr als %(limit)s Tagen vorbei"

#: steerco/apps/hygiene/rules.py
msgid "its date has passed"
msgstr "der Termin ist vorbei"

#: steerco/apps/hygiene/rules.py
msgid "stale"
msgstr "veraltet"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "not changed or confirmed for %(limit)s days"
msgstr "seit %(limit)s Tagen nicht geändert oder bestätigt"

#: steerco/apps/hygiene/rules.py
msgid "no action"
msgstr "keine Maßnahme"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "its weight is %(limit)s or more and nothing is being done"
msgstr "das Gewicht ist mindestens %(limit)s, und nichts wird getan"

#: steerco/apps/hygiene/rules.py
msgid "score unchanged"
msgstr "Wert unverändert"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "the same score for %(limit)s cycles of thirty days, not confirmed"
msgstr "seit %(limit)s Zyklen von dreißig Tagen derselbe Wert, nicht bestätigt"

#: steerco/apps/hygiene/rules.py
msgid "no outcome"
msgstr "kein Ergebnis"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "closed in the last %(limit)s days without an outcome"
msgstr "in den letzten %(limit)s Tagen ohne Ergebnis geschlossen"

#: steerco/apps/hygiene/rules.py
msgid "date moves"
msgstr "Termin wandert"

#: steerco/apps/hygiene/rules.py
#, python-format
msgid "its date was moved %(limit)s times or more"
msgstr "der Termin wurde %(limit)s Mal oder öfter verschoben"

#: steerco/apps/hygiene/services.py steerco/apps/planning/changes.py
#: steerco/kit/imports/undoing.py
msgid "You may not change it."
msgstr "Sie dürfen ihn nicht ändern."

#: steerco/apps/hygiene/services.py
msgid "It is theirs already."
msgstr "Die Person ist es schon."

#: steerco/apps/hygiene/services.py
msgid "Nobody owns it."
msgstr "Niemand ist verantwortlich."

#: steerco/apps/hygiene/services.py
msgid "It needs more to be closed: open it."
msgstr "Zum Schließen fehlt etwas: bitte öffnen."

#: steerco/apps/hygiene/services.py
msgid "You may not close it."
msgstr "Sie dürfen es nicht schließen."

#: steerco/apps/hygiene/services.py
msgid "Take a number from 0 to 3650."
msgstr "Bitte eine Zahl von 0 bis 3650."

#: steerco/apps/hygiene/templates/hygiene/_confirmed.html
msgid "Confirmed."
msgstr "Bestätigt."

#: steerco/apps/hygiene/templates/hygiene/_initiative.html
msgid "in order"
msgstr "in Ordnung"

#: steerco/apps/hygiene/templates/hygiene/_initiative.html
#, python-format
msgid "%(flagged)s of %(looked)s open entries need attention"
msgstr "%(flagged)s von %(looked)s offenen Einträgen brauchen Aufmerksamkeit"

#: steerco/apps/hygiene/templates/hygiene/_own.html
msgid "of what I own is in order."
msgstr "von dem, wofür ich verantwortlich bin, ist in Ordnung."

#: steerco/apps/hygiene/templates/hygiene/_own.html
msgid "Only you see this."
msgstr "Das sehen nur Sie."

#: steerco/apps/hygiene/templates/hygiene/_queue.html
msgid "unanswered for a week"
msgstr "seit einer Woche unbeantwortet"

#: steerco/apps/hygiene/templates/hygiene/clean.html
#, python-format
msgid "%(n)s entry"
msgid_plural "%(n)s entries"
msgstr[0] "%(n)s Eintrag"
msgstr[1] "%(n)s Einträge"

#: steerco/apps/hygiene/templates/hygiene/clean.html
msgid "Left alone:"
msgstr "Bleibt, wie es ist:"

#: steerco/apps/hygiene/templates/hygiene/clean.html
msgid "What you want to say"
msgstr "Was Sie sagen wollen"

#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/hygiene/templates/hygiene/unanswered.html
msgid "Unanswered"
msgstr "Unbeantwortet"

#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Rules"
msgstr "Regeln"

#: steerco/apps/hygiene/templates/hygiene/list.html
#, python-format
msgid "%(percent)s %% in order: %(flagged)s of %(looked)s open entries need attention."
msgstr "%(percent)s %% in Ordnung: %(flagged)s von %(looked)s offenen Einträgen brauchen Aufmerksamkeit."

#: steerco/apps/hygiene/templates/hygiene/list.html
#, python-format
msgid "As of %(at)s."
msgstr "Stand %(at)s."

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "By organisation unit"
msgstr "Nach Organisationseinheit"

#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/indicators/import_views.py
#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/office/templates/office/figures.html
#: steerco/apps/people/registers.py steerco/exchange/packs/labels.py
msgid "Unit"
msgstr "Einheit"

#: steerco/apps/hygiene/templates/hygiene/list.html
#, python-format
msgid "In order, %%"
msgstr "In Ordnung, %%"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "Only units with five owners or more are shown."
msgstr "Nur Einheiten mit mindestens fünf Verantwortlichen werden gezeigt."

#: steerco/apps/hygiene/templates/hygiene/list.html
#: steerco/apps/initiatives/templates/initiatives/_office.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
msgid "Register"
msgstr "Register"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "With the ticked ones"
msgstr "Mit den angehakten"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "Closed as"
msgstr "Geschlossen als"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "New owner"
msgstr "Neu verantwortlich"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "See how many"
msgstr "Sehen, wie viele"

#: steerco/apps/hygiene/templates/hygiene/list.html
#, python-format
msgid "All %(count)s, not only the ticked ones"
msgstr "Alle %(count)s, nicht nur die angehakten"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "Not in order"
msgstr "Nicht in Ordnung"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "What is wrong"
msgstr "Was nicht stimmt"

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "Everything is in order here."
msgstr "Hier ist alles in Ordnung."

#: steerco/apps/hygiene/templates/hygiene/list.html
msgid "What a rule finds fault with stands here, with who can put it in order."
msgstr "Was eine Regel beanstandet, steht hier, mit der Person, die es in Ordnung bringen kann."

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Rules of register hygiene"
msgstr "Regeln der Registerpflege"

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "In words"
msgstr "In Worten"

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Limit"
msgstr "Grenze"

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Off"
msgstr "Aus"

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "off"
msgstr "aus"

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "A limit of 0 for “no action” means: the weight that each register calls high."
msgstr "Die Grenze 0 bei „keine Maßnahme“ heißt: das Gewicht, das jedes Register hoch nennt."

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Owners are asked by themselves whether what is stale is still right."
msgstr "Verantwortliche werden von selbst gefragt, ob Veraltetes noch stimmt."

#: steerco/apps/hygiene/templates/hygiene/rules.html
msgid "Everybody sees a figure of their own records; others see figures of units with five owners or more. Ask your works council first."
msgstr "Alle sehen eine Zahl zu ihren eigenen Einträgen; andere sehen Zahlen von Einheiten mit mindestens fünf Verantwortlichen. Bitte zuerst den Betriebsrat fragen."

#: steerco/apps/hygiene/templates/hygiene/unanswered.html
msgid "What was asked and is a week late or more."
msgstr "Was gefragt wurde und seit einer Woche oder länger offen ist."

#: steerco/apps/hygiene/templates/hygiene/unanswered.html
msgid "There are more."
msgstr "Es gibt mehr."

#: steerco/apps/hygiene/templates/hygiene/unanswered.html
msgid "Everything was answered."
msgstr "Alles ist beantwortet."

#: steerco/apps/hygiene/views.py
msgid "Confirm as still right"
msgstr "Als richtig bestätigen"

#: steerco/apps/hygiene/views.py
msgid "Ask the owners"
msgstr "Verantwortliche fragen"

#: steerco/apps/hygiene/views.py
msgid "Give to another owner"
msgstr "An andere übertragen"

#: steerco/apps/hygiene/views.py
msgid "Say how it ended."
msgstr "Bitte sagen, wie es ausging."

#: steerco/apps/hygiene/views.py
msgid "Nothing of what you chose can be done."
msgstr "Nichts davon ist möglich."

#: steerco/apps/hygiene/views.py
#, python-format
msgid "%d entry done."
msgid_plural "%d entries done."
msgstr[0] "%d Eintrag erledigt."
msgstr[1] "%d Einträge erledigt."

#: steerco/apps/hygiene/views.py
msgid "Something was changed meanwhile. Try again."
msgstr "Etwas wurde inzwischen geändert. Bitte noch einmal versuchen."

#: steerco/apps/hygiene/views.py
msgid "Saved. The next look uses it."
msgstr "Gespeichert. Die nächste Durchsicht richtet sich danach."

#: steerco/apps/hygiene/views.py
msgid "It was changed since you opened it. Look at it and confirm again."
msgstr "Der Eintrag wurde seit dem Öffnen geändert. Bitte ansehen und erneut bestätigen."

#: steerco/apps/hygiene/views.py
msgid "Confirmed: it is still right as it stands."
msgstr "Bestätigt: Er ist so, wie er dasteht, weiterhin richtig."

#: steerco/apps/indicators/actions.py
msgid "Read figures and ratings"
msgstr "Zahlen und Ampeln lesen"

#: steerco/apps/indicators/actions.py
msgid "Record figures and ratings"
msgstr "Zahlen und Ampeln erfassen"

#: steerco/apps/indicators/amounts.py
#, python-format
msgctxt "amount in billions"
msgid "%(mark)s%(number)sbn"
msgstr "%(number)s Mrd. %(mark)s"

#: steerco/apps/indicators/amounts.py
#, python-format
msgctxt "amount in millions"
msgid "%(mark)s%(number)sm"
msgstr "%(number)s Mio. %(mark)s"

#: steerco/apps/indicators/amounts.py steerco/kit/registers/columns.py
#, python-format
msgctxt "amount"
msgid "%(mark)s%(number)s"
msgstr "%(number)s %(mark)s"

#: steerco/apps/indicators/amounts.py
msgid "not moved"
msgstr "unverändert"

#: steerco/apps/indicators/amounts.py
#, python-format
msgid "%(n)s day"
msgid_plural "%(n)s days"
msgstr[0] "%(n)s Tag"
msgstr[1] "%(n)s Tage"

#: steerco/apps/indicators/amounts.py
#, python-format
msgid "%(n)s month"
msgid_plural "%(n)s months"
msgstr[0] "%(n)s Monat"
msgstr[1] "%(n)s Monate"

#: steerco/apps/indicators/amounts.py
#, python-format
msgid "%(n)s years"
msgstr "%(n)s Jahre"

#: steerco/apps/indicators/amounts.py
msgctxt "how a date is written"
msgid "j M Y"
msgstr "d.m.Y"

#: steerco/apps/indicators/charts.py
#: steerco/apps/indicators/templates/indicators/_ratings.html
msgid "Initiatives by rating"
msgstr "Vorhaben nach Ampel"

#: steerco/apps/indicators/charts.py
msgid "Shares of the ratings at each date"
msgstr "Anteile der Ampeln je Stichtag"

#: steerco/apps/indicators/charts.py
#, python-format
msgid "%(n)s smaller ones"
msgstr "%(n)s kleinere"

#: steerco/apps/indicators/charts.py
msgid "Whole-life cost by initiative"
msgstr "Gesamtkosten je Vorhaben"

#: steerco/apps/indicators/charts.py
#, python-format
msgid "Ratings: %(course)s"
msgstr "Ampeln: %(course)s"

#: steerco/apps/indicators/charts.py
#, python-format
msgid "Whole-life cost: %(course)s"
msgstr "Gesamtkosten: %(course)s"

#: steerco/apps/indicators/charts.py steerco/apps/indicators/indicators.py
#: steerco/apps/indicators/panels.py
#: steerco/apps/indicators/templates/indicators/_costs.html
#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_ratings.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/exchange/packs/labels.py
msgid "Whole-life cost"
msgstr "Gesamtkosten"

#: steerco/apps/indicators/charts.py
#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Whole-life cost as reported"
msgstr "Gesamtkosten wie berichtet"

#: steerco/apps/indicators/dashboard.py
msgid "Earlier by more than 3 months"
msgstr "Mehr als 3 Monate früher"

#: steerco/apps/indicators/dashboard.py
msgid "Earlier by up to 3 months"
msgstr "Bis zu 3 Monate früher"

#: steerco/apps/indicators/dashboard.py
msgid "Not moved"
msgstr "Unverändert"

#: steerco/apps/indicators/dashboard.py
msgid "Later by up to 3 months"
msgstr "Bis zu 3 Monate später"

#: steerco/apps/indicators/dashboard.py
msgid "Later by 3 to 12 months"
msgstr "3 bis 12 Monate später"

#: steerco/apps/indicators/dashboard.py
msgid "Later by more than a year"
msgstr "Mehr als ein Jahr später"

#: steerco/apps/indicators/dashboard.py
msgid "Down more than 10 %"
msgstr "Um mehr als 10 % gesunken"

#: steerco/apps/indicators/dashboard.py
msgid "Down 2 to 10 %"
msgstr "Um 2 bis 10 % gesunken"

#: steerco/apps/indicators/dashboard.py
msgid "Within 2 %"
msgstr "Innerhalb von 2 %"

#: steerco/apps/indicators/dashboard.py
msgid "Up 2 to 10 %"
msgstr "Um 2 bis 10 % gestiegen"

#: steerco/apps/indicators/dashboard.py
msgid "Up 10 to 25 %"
msgstr "Um 10 bis 25 % gestiegen"

#: steerco/apps/indicators/dashboard.py
msgid "Up 25 % and more"
msgstr "Um 25 % und mehr gestiegen"

#: steerco/apps/indicators/dashboard.py
msgid "no unit"
msgstr "keine Einheit"

#: steerco/apps/indicators/dashboard.py
msgid "not comparable (split)"
msgstr "nicht vergleichbar (geteilt)"

#: steerco/apps/indicators/dimensions.py steerco/exchange/packs/labels.py
msgid "Overall"
msgstr "Gesamt"

#: steerco/apps/indicators/dimensions.py
msgid "Schedule"
msgstr "Termine"

#: steerco/apps/indicators/dimensions.py
msgid "Resources"
msgstr "Ressourcen"

#: steerco/apps/indicators/dimensions.py steerco/apps/indicators/indicators.py
#: steerco/exchange/packs/labels.py
msgid "Benefits"
msgstr "Nutzen"

#: steerco/apps/indicators/dimensions.py
msgid "Dimension of the rating"
msgstr "Dimension der Ampel"

#: steerco/apps/indicators/drafts.py
msgid "the file was dropped"
msgstr "die Datei wurde verworfen"

#: steerco/apps/indicators/drafts.py steerco/kit/imports/forms.py
msgid "pasted cells"
msgstr "eingefügte Zellen"

#: steerco/apps/indicators/import_views.py
msgid "Former name"
msgstr "Früherer Name"

#: steerco/apps/indicators/import_views.py
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/exchange/packs/labels.py
msgid "Code"
msgstr "Kürzel"

#: steerco/apps/indicators/import_views.py steerco/apps/office/asking_views.py
#: steerco/apps/office/templates/office/figures.html
#: steerco/apps/office/templates/office/own.html
#: steerco/apps/office/templates/office/queue.html steerco/apps/raid/causes.py
#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Category"
msgstr "Kategorie"

#: steerco/apps/indicators/import_views.py
msgid "Status or phase"
msgstr "Status oder Phase"

#: steerco/apps/indicators/import_views.py
msgid "Date of the report"
msgstr "Datum des Berichts"

#: steerco/apps/indicators/import_views.py
msgid "Year of the report"
msgstr "Jahr des Berichts"

#: steerco/apps/indicators/import_views.py
msgid "Choose a file or paste cells."
msgstr "Bitte eine Datei wählen oder Zellen einfügen."

#: steerco/apps/indicators/import_views.py
msgid "Choose a portfolio or give a new one a code."
msgstr "Bitte ein Portfolio wählen oder einem neuen ein Kürzel geben."

#: steerco/apps/indicators/import_views.py
msgid "Everything in this file was there already; nothing was written."
msgstr "Alles in dieser Datei war schon vorhanden; es wurde nichts geschrieben."

#: steerco/apps/indicators/import_views.py
#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "There is nothing to import in it."
msgstr "Darin ist nichts zu importieren."

#: steerco/apps/indicators/import_views.py
#, python-format
msgid "Taken back: %(n)s reports."
msgstr "Zurückgenommen: %(n)s Berichte."

#: steerco/apps/indicators/imports.py
#, python-format
msgid "“%(name)s” may be “%(known)s” (%(code)s); kept apart."
msgstr "„%(name)s“ könnte „%(known)s“ (%(code)s) sein; getrennt gehalten."

#: steerco/apps/indicators/imports.py
#, python-format
msgid "“%(name)s” is already reported for this date in the same import."
msgstr "„%(name)s“ ist im selben Import für diesen Stichtag bereits berichtet."

#: steerco/apps/indicators/imports.py
#, python-format
msgid "You may not add units; kept as text: %(names)s"
msgstr "Einheiten dürfen Sie nicht anlegen; als Text behalten: %(names)s"

#: steerco/apps/indicators/imports.py
#, python-format
msgid "You may not create initiatives here, and “%(name)s” is none."
msgstr "Vorhaben dürfen Sie hier nicht anlegen, und „%(name)s“ ist keines."

#: steerco/apps/indicators/indicators.py
msgid "Delivery confidence"
msgstr "Umsetzungszuversicht"

#: steerco/apps/indicators/indicators.py
msgid "As declared. Green: on plan. Amber: off plan, recoverable. Red: needs a decision."
msgstr "Wie gemeldet. Grün: im Plan. Gelb: vom Plan abgewichen, aufholbar. Rot: braucht eine Entscheidung."

#: steerco/apps/indicators/indicators.py
#: steerco/apps/indicators/templates/indicators/_timeline.html
#: steerco/apps/planning/wording.py steerco/apps/reporting/content.py
msgid "Start"
msgstr "Beginn"

#: steerco/apps/indicators/indicators.py
#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
#: steerco/apps/reporting/content.py steerco/apps/reporting/published.py
#: steerco/exchange/packs/labels.py
msgid "End"
msgstr "Ende"

#: steerco/apps/indicators/indicators.py
msgid "Against the report compared with: up to 5 working days later is green, up to 20 amber."
msgstr "Gegenüber dem Vergleichsbericht: bis 5 Arbeitstage später ist grün, bis 20 gelb."

#: steerco/apps/indicators/indicators.py steerco/apps/indicators/panels.py
#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Budget of the year"
msgstr "Jahresbudget"

#: steerco/apps/indicators/indicators.py
msgid "Forecast of the year"
msgstr "Jahresprognose"

#: steerco/apps/indicators/indicators.py
msgid "Against the budget of the year, in both directions: within 5 % is green, within 10 % amber."
msgstr "Gegenüber dem Jahresbudget, in beide Richtungen: innerhalb von 5 % ist grün, innerhalb von 10 % gelb."

#: steerco/apps/indicators/indicators.py
msgid "Against the report compared with: up to 2 % dearer is green, up to 10 % amber."
msgstr "Gegenüber dem Vergleichsbericht: bis 2 % teurer ist grün, bis 10 % gelb."

#: steerco/apps/indicators/indicators.py
msgid "Present budget"
msgstr "Aktuelles Budget"

#: steerco/apps/indicators/indicators.py
msgid "Variance of the year"
msgstr "Jahresabweichung"

#: steerco/apps/indicators/indicators.py
msgid "Variance of the year, %"
msgstr "Jahresabweichung, %"

#: steerco/apps/indicators/indicators.py
msgid "Latest change of the budget"
msgstr "Letzte Änderung des Budgets"

#: steerco/apps/indicators/indicators.py
msgid "Change of the budget so far"
msgstr "Bisherige Änderung des Budgets"

#: steerco/apps/indicators/indicators.py
msgid "Latest change of the end, days"
msgstr "Letzte Änderung des Endes, Tage"

#: steerco/apps/indicators/indicators.py
msgid "Change of the end so far, days"
msgstr "Bisherige Änderung des Endes, Tage"

#: steerco/apps/indicators/indicators.py
msgid "Description"
msgstr "Beschreibung"

#: steerco/apps/indicators/indicators.py
msgid "Client"
msgstr "Auftraggebende Stelle"

#: steerco/apps/indicators/indicators.py steerco/apps/reporting/content.py
msgid "On the rating"
msgstr "Zur Ampel"

#: steerco/apps/indicators/indicators.py steerco/apps/reporting/content.py
msgid "On the schedule"
msgstr "Zu den Terminen"

#: steerco/apps/indicators/indicators.py steerco/apps/reporting/content.py
msgid "On the budget of the year"
msgstr "Zum Jahresbudget"

#: steerco/apps/indicators/indicators.py steerco/apps/reporting/content.py
msgid "On the whole-life cost"
msgstr "Zu den Gesamtkosten"

#: steerco/apps/indicators/indicators.py steerco/apps/reporting/content.py
msgid "On the benefits"
msgstr "Zum Nutzen"

#: steerco/apps/indicators/indicators.py steerco/exchange/packs/labels.py
msgid "G"
msgstr "G"

#: steerco/apps/indicators/indicators.py steerco/exchange/packs/labels.py
msgid "AG"
msgstr "AG"

#: steerco/apps/indicators/indicators.py steerco/exchange/packs/labels.py
msgid "A"
msgstr "A"

#: steerco/apps/indicators/indicators.py steerco/exchange/packs/labels.py
msgid "AR"
msgstr "AR"

#: steerco/apps/indicators/indicators.py steerco/exchange/packs/labels.py
msgid "R"
msgstr "R"

#: steerco/apps/indicators/indicators.py
msgid "nothing to compare with"
msgstr "nichts zu vergleichen"

#: steerco/apps/indicators/indicators.py
msgid "no rating"
msgstr "keine Ampel"

#: steerco/apps/indicators/listing.py steerco/apps/indicators/panels.py
msgid "Red and amber/red"
msgstr "Rot und gelb/rot"

#: steerco/apps/indicators/listing.py
msgid "Reported both times"
msgstr "Beide Male berichtet"

#: steerco/apps/indicators/listing.py
msgid "New since then"
msgstr "Seither neu"

#: steerco/apps/indicators/listing.py
msgid "No longer reported"
msgstr "Nicht mehr berichtet"

#: steerco/apps/indicators/listing.py steerco/apps/indicators/panels.py
#: steerco/exchange/packs/labels.py
msgid "Rating worse"
msgstr "Ampel schlechter"

#: steerco/apps/indicators/listing.py steerco/exchange/packs/labels.py
msgid "Rating better"
msgstr "Ampel besser"

#: steerco/apps/indicators/listing.py
msgid "Anything moved"
msgstr "Irgendetwas bewegt"

#: steerco/apps/indicators/listing.py
msgid "End date moved"
msgstr "Ende verschoben"

#: steerco/apps/indicators/listing.py steerco/apps/indicators/panels.py
#: steerco/exchange/packs/labels.py
msgid "End date later"
msgstr "Ende später"

#: steerco/apps/indicators/listing.py
msgid "Cost moved"
msgstr "Kosten bewegt"

#: steerco/apps/indicators/listing.py
msgid "No whole-life cost"
msgstr "Ohne Gesamtkosten"

#: steerco/apps/indicators/listing.py
msgid "No budget of the year"
msgstr "Ohne Jahresbudget"

#: steerco/apps/indicators/listing.py
msgid "No end date"
msgstr "Ohne Enddatum"

#: steerco/apps/indicators/listing.py
msgid "Rating, worst first"
msgstr "Ampel, schlechteste zuerst"

#: steerco/apps/indicators/listing.py
msgid "What moved most"
msgstr "Größte Bewegungen"

#: steerco/apps/indicators/listing.py
msgid "Latest against before"
msgstr "Neueste gegenüber vorher"

#: steerco/apps/indicators/listing.py
msgid "End date"
msgstr "Enddatum"

#: steerco/apps/indicators/listing.py
msgid "Whole-life cost, largest first"
msgstr "Gesamtkosten, größte zuerst"

#: steerco/apps/indicators/listing.py
msgid "Growth of cost"
msgstr "Kostensteigerung"

#: steerco/apps/indicators/listing.py
msgid "Declared green, the figures say red"
msgstr "Grün gemeldet, die Zahlen sagen rot"

#: steerco/apps/indicators/listing.py
msgid "Belongs elsewhere, reports here too"
msgstr "Gehört anderswohin, berichtet auch hier"

#: steerco/apps/indicators/models.py steerco/apps/reporting/models.py
msgid "as of"
msgstr "Stichtag"

#: steerco/apps/indicators/models.py
msgid "recorded at"
msgstr "erfasst am"

#: steerco/apps/indicators/models.py
msgid "row in the source"
msgstr "Zeile in der Quelle"

#: steerco/apps/indicators/models.py
msgid "name as published"
msgstr "Name wie veröffentlicht"

#: steerco/apps/indicators/models.py
msgid "code as published"
msgstr "Kürzel wie veröffentlicht"

#: steerco/apps/indicators/models.py steerco/apps/initiatives/models.py
#: steerco/apps/people/models.py
msgid "unit"
msgstr "Einheit"

#: steerco/apps/indicators/models.py
msgid "unit as published"
msgstr "Einheit wie veröffentlicht"

#: steerco/apps/indicators/models.py steerco/apps/initiatives/models.py
#: steerco/apps/office/models.py steerco/apps/raid/models/appetite.py
#: steerco/apps/raid/models/assumptions.py steerco/apps/raid/models/lessons.py
#: steerco/apps/raid/models/risks.py
msgid "category"
msgstr "Kategorie"

#: steerco/apps/indicators/models.py steerco/apps/initiatives/models.py
msgid "status"
msgstr "Status"

#: steerco/apps/indicators/models.py
msgid "scale"
msgstr "Skala"

#: steerco/apps/indicators/models.py
msgid "start"
msgstr "Beginn"

#: steerco/apps/indicators/models.py
msgid "end"
msgstr "Ende"

#: steerco/apps/indicators/models.py
msgid "fiscal year"
msgstr "Geschäftsjahr"

#: steerco/apps/indicators/models.py
msgid "budget of the year"
msgstr "Jahresbudget"

#: steerco/apps/indicators/models.py
msgid "forecast of the year"
msgstr "Jahresprognose"

#: steerco/apps/indicators/models.py
msgid "whole-life cost"
msgstr "Gesamtkosten"

#: steerco/apps/indicators/models.py
msgid "snapshot"
msgstr "Momentaufnahme"

#: steerco/apps/indicators/models.py
msgid "snapshots"
msgstr "Momentaufnahmen"

#: steerco/apps/indicators/models.py steerco/exchange/packs/labels.py
msgid "exempt"
msgstr "ausgenommen"

#: steerco/apps/indicators/models.py
msgid "not provided"
msgstr "nicht angegeben"

#: steerco/apps/indicators/models.py steerco/exchange/packs/labels.py
msgid "reset"
msgstr "neu festgelegt"

#: steerco/apps/indicators/models.py
msgid "not assessed"
msgstr "nicht bewertet"

#: steerco/apps/indicators/models.py
msgid "no end date"
msgstr "kein Enddatum"

#: steerco/apps/indicators/models.py
msgid "to be decided"
msgstr "noch zu entscheiden"

#: steerco/apps/indicators/models.py
msgid "not applicable"
msgstr "nicht zutreffend"

#: steerco/apps/indicators/models.py
msgid "below the threshold"
msgstr "unter der Schwelle"

#: steerco/apps/indicators/models.py steerco/interfaces/cli/mail_in.py
msgid "not readable"
msgstr "nicht lesbar"

#: steerco/apps/indicators/models.py
msgid "indicator"
msgstr "Kennzahl"

#: steerco/apps/indicators/models.py
msgid "dimension"
msgstr "Dimension"

#: steerco/apps/indicators/models.py
msgid "assessed by"
msgstr "bewertet von"

#: steerco/apps/indicators/models.py steerco/apps/organisation/forms.py
msgid "date"
msgstr "Datum"

#: steerco/apps/indicators/models.py steerco/apps/organisation/forms.py
msgid "number"
msgstr "Zahl"

#: steerco/apps/indicators/models.py steerco/apps/organisation/forms.py
msgid "text"
msgstr "Text"

#: steerco/apps/indicators/models.py
msgid "value"
msgstr "Wert"

#: steerco/apps/indicators/models.py
msgid "values"
msgstr "Werte"

#: steerco/apps/indicators/models.py
msgid "mapping of columns"
msgstr "Zuordnung der Spalten"

#: steerco/apps/indicators/models.py
msgid "mappings of columns"
msgstr "Zuordnungen der Spalten"

#: steerco/apps/indicators/models.py
msgid "not yet imported"
msgstr "noch nicht importiert"

#: steerco/apps/indicators/models.py steerco/kit/imports/models.py
msgid "imported"
msgstr "importiert"

#: steerco/apps/indicators/models.py
msgid "import of a portfolio"
msgstr "Import eines Portfolios"

#: steerco/apps/indicators/models.py
msgid "imports of portfolios"
msgstr "Importe von Portfolios"

#: steerco/apps/indicators/panels.py
msgid "Initiatives reported"
msgstr "Berichtete Vorhaben"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(new)s new, %(left)s no longer reported"
msgstr "%(new)s neu, %(left)s nicht mehr berichtet"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s before"
msgstr "vorher %(n)s"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s better"
msgstr "%(n)s besser"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "of %(n)s with both dates"
msgstr "von %(n)s mit beiden Terminen"

#: steerco/apps/indicators/panels.py
msgid "Declared green, figures red"
msgstr "Grün gemeldet, Zahlen rot"

#: steerco/apps/indicators/panels.py
msgid "the two disagree"
msgstr "beide widersprechen sich"

#: steerco/apps/indicators/panels.py
#: steerco/apps/indicators/templates/indicators/_ratings.html
#, python-format
msgid "%(known)s of %(of)s report it"
msgstr "%(known)s von %(of)s berichten sie"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "like for like %(change)s; %(note)s"
msgstr "bei gleichen Vorhaben %(change)s; %(note)s"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "forecast %(amount)s; %(note)s"
msgstr "Prognose %(amount)s; %(note)s"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s ratings are exempt from publication."
msgstr "%(n)s Ampeln sind von der Veröffentlichung ausgenommen."

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s report no whole-life cost; they are not in its total."
msgstr "%(n)s berichten keine Gesamtkosten; sie fehlen in deren Summe."

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s report no end date."
msgstr "%(n)s berichten kein Enddatum."

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s belong elsewhere and report here too; each is counted once."
msgstr "%(n)s gehören anderswohin und berichten auch hier; jedes zählt einmal."

#: steerco/apps/indicators/panels.py
msgid "The two dates were rated on different scales: a step may be the scale's."
msgstr "Die beiden Stichtage wurden auf verschiedenen Skalen bewertet: Eine Stufe kann an der Skala liegen."

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s of %(all)s are red or amber/red"
msgstr "%(n)s von %(all)s sind rot oder gelb/rot"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "Ratings since %(day)s"
msgstr "Ampeln seit %(day)s"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "What moved since %(day)s"
msgstr "Was sich seit %(day)s bewegt hat"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "The end date of %(n)s of %(all)s moved later"
msgstr "Bei %(n)s von %(all)s liegt das Ende später"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "%(n)s of %(all)s are dearer by more than 2 %%"
msgstr "%(n)s von %(all)s sind um mehr als 2 %% teurer"

#: steerco/apps/indicators/panels.py
msgid "Units and ratings"
msgstr "Einheiten und Ampeln"

#: steerco/apps/indicators/panels.py
#, python-format
msgid "The ten dearest are %(share)s %% of the whole-life cost"
msgstr "Die zehn teuersten machen %(share)s %% der Gesamtkosten aus"

#: steerco/apps/indicators/panels.py
msgid "Start to end, those first whose end moved most"
msgstr "Beginn bis Ende, zuerst die mit der größten Verschiebung"

#: steerco/apps/indicators/panels.py
msgid "Start to end"
msgstr "Beginn bis Ende"

#: steerco/apps/indicators/panels.py
msgid "The reddest"
msgstr "Die rötesten"

#: steerco/apps/indicators/panels.py
#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Start and end as each report had them"
msgstr "Beginn und Ende, wie sie jeder Bericht nannte"

#: steerco/apps/indicators/panels.py steerco/apps/reporting/views.py
msgid "today"
msgstr "heute"

#: steerco/apps/indicators/services.py
#, python-format
msgid "This initiative is reported twice for %(date)s."
msgstr "Dieses Vorhaben ist für den %(date)s zweimal berichtet."

#: steerco/apps/indicators/services.py
#, python-format
msgid "There is no indicator “%(key)s”."
msgstr "Die Kennzahl „%(key)s“ gibt es nicht."

#: steerco/apps/indicators/services.py
msgid "A mapping needs a name of at most 80 letters, other than “auto”."
msgstr "Eine Zuordnung braucht einen Namen von höchstens 80 Zeichen, der nicht „auto“ lautet."

#: steerco/apps/indicators/templates/indicators/_costs.html
#: steerco/apps/indicators/templates/indicators/_course.html
#: steerco/apps/indicators/templates/indicators/_growth.html
#: steerco/apps/indicators/templates/indicators/_slip.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
msgid "Show as table"
msgstr "Als Tabelle zeigen"

#: steerco/apps/indicators/templates/indicators/_counts.html
#: steerco/kit/imports/templates/imports/run.html
msgid "Rows read"
msgstr "Gelesene Zeilen"

#: steerco/apps/indicators/templates/indicators/_counts.html
msgid "New reports"
msgstr "Neue Berichte"

#: steerco/apps/indicators/templates/indicators/_counts.html
msgid "Corrections"
msgstr "Korrekturen"

#: steerco/apps/indicators/templates/indicators/_counts.html
#: steerco/kit/imports/templates/imports/run.html
msgid "Unchanged"
msgstr "Unverändert"

#: steerco/apps/indicators/templates/indicators/_counts.html
msgid "Columns not read"
msgstr "Nicht gelesene Spalten"

#: steerco/apps/indicators/templates/indicators/_course.html
#: steerco/apps/planning/templates/planning/revision.html
#: steerco/exchange/packs/labels.py
msgid "Date"
msgstr "Datum"

#: steerco/apps/indicators/templates/indicators/_history.html
#, python-format
msgid "Declared on %(day)s"
msgstr "Gemeldet zum %(day)s"

#: steerco/apps/indicators/templates/indicators/_history.html
msgid "The figures say"
msgstr "Die Zahlen sagen"

#: steerco/apps/indicators/templates/indicators/_history.html
msgid "since the report before"
msgstr "seit dem vorigen Bericht"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/exchange/packs/labels.py
msgid "Forecast"
msgstr "Prognose"

#: steerco/apps/indicators/templates/indicators/_history.html
#, python-format
msgid "Since the first report, %(day)s"
msgstr "Seit dem ersten Bericht, %(day)s"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/reporting/templates/reporting/_pack.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/apps/reporting/views.py
msgid "As of"
msgstr "Stichtag"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
msgid "Figures say"
msgstr "Zahlen sagen"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/apps/indicators/templates/indicators/_timeline.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/exchange/packs/labels.py
msgid "Moved"
msgstr "Verschoben"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/apps/indicators/templates/indicators/_rows.html
msgid "Growth"
msgstr "Zuwachs"

#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Name as published"
msgstr "Name wie veröffentlicht"

#: steerco/apps/indicators/templates/indicators/_history.html
#: steerco/exchange/packs/labels.py
msgid "Source"
msgstr "Quelle"

#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Not published"
msgstr "Nicht veröffentlicht"

#: steerco/apps/indicators/templates/indicators/_history.html
msgid "Also reported"
msgstr "Ebenfalls berichtet"

#: steerco/apps/indicators/templates/indicators/_movers.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/office/states.py steerco/apps/planning/wording.py
#: steerco/exchange/packs/labels.py steerco/interfaces/cli/import_schedule.py
msgid "new"
msgstr "neu"

#: steerco/apps/indicators/templates/indicators/_movers.html
msgid "no longer reported"
msgstr "nicht mehr berichtet"

#: steerco/apps/indicators/templates/indicators/_movers.html
#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/revision.html
#: steerco/apps/planning/templates/planning/taken.html
msgid "Nothing moved."
msgstr "Nichts hat sich bewegt."

#: steerco/apps/indicators/templates/indicators/_movers.html
#, python-format
msgid "%(n)s moved: show it"
msgid_plural "All %(n)s that moved"
msgstr[0] "%(n)s bewegt: anzeigen"
msgstr[1] "Alle %(n)s, die sich bewegt haben"

#: steerco/apps/indicators/templates/indicators/_movers.html
#, python-format
msgid "%(n)s new"
msgstr "%(n)s neu"

#: steerco/apps/indicators/templates/indicators/_movers.html
#, python-format
msgid "%(n)s no longer reported"
msgstr "%(n)s nicht mehr berichtet"

#: steerco/apps/indicators/templates/indicators/_overview.html
msgid "Nothing is reported here yet."
msgstr "Hier ist noch nichts berichtet."

#: steerco/apps/indicators/templates/indicators/_overview.html
msgid "Bring in the list that you already keep: CSV, Excel or pasted cells. Nothing is written before you have seen what it would do."
msgstr "Holen Sie die Liste herein, die Sie schon führen: CSV, Excel oder eingefügte Zellen. Nichts wird geschrieben, bevor Sie gesehen haben, was geschähe."

#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "Import a portfolio"
msgstr "Portfolio importieren"

#: steerco/apps/indicators/templates/indicators/_overview.html
msgid "Units"
msgstr "Einheiten"

#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/_units.html
msgid "as published"
msgstr "wie veröffentlicht"

#: steerco/apps/indicators/templates/indicators/_overview.html
#: steerco/apps/indicators/templates/indicators/_units.html
msgid "restated to today's structure"
msgstr "auf heutige Struktur umgerechnet"

#: steerco/apps/indicators/templates/indicators/_overview.html
msgid "All initiatives"
msgstr "Alle Vorhaben"

#: steerco/apps/indicators/templates/indicators/_overview.html
msgid "Figures are of snapshots, summed over what you may see; they are not an official total."
msgstr "Die Zahlen stammen aus Momentaufnahmen, summiert über das, was Sie sehen dürfen; sie sind keine amtliche Summe."

#: steerco/apps/indicators/templates/indicators/_reddest.html
#, python-format
msgid "All %(n)s initiatives"
msgstr "Alle %(n)s Vorhaben"

#: steerco/apps/indicators/templates/indicators/_rows.html
#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/initiatives/registers.py
#: steerco/apps/raid/templates/raid/_enterprise_causes.html
#: steerco/exchange/packs/labels.py
msgid "Initiatives"
msgstr "Vorhaben"

#: steerco/apps/indicators/templates/indicators/_rows.html
msgid "also reported"
msgstr "ebenfalls berichtet"

#: steerco/apps/indicators/templates/indicators/_timeline.html
#, python-format
msgid "Filled: as now reported. Hollow: as reported on %(before)s."
msgstr "Gefüllt: wie jetzt berichtet. Hohl: wie am %(before)s berichtet."

#: steerco/apps/indicators/templates/indicators/_units.html
#, python-format
msgid "%(n)s smaller unit is not shown."
msgid_plural "%(n)s smaller units are not shown."
msgstr[0] "%(n)s kleinere Einheit ist nicht gezeigt."
msgstr[1] "%(n)s kleinere Einheiten sind nicht gezeigt."

#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/kit/imports/templates/imports/columns.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "Import"
msgstr "Importieren"

#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/planning/templates/planning/taken.html
msgid "To the dashboard"
msgstr "Zum Dashboard"

#: steerco/apps/indicators/templates/indicators/import_done.html
msgid "Import another"
msgstr "Weitere importieren"

#: steerco/apps/indicators/templates/indicators/import_done.html
msgid "Take it back"
msgstr "Zurücknehmen"

#: steerco/apps/indicators/templates/indicators/import_done.html
msgid "New units"
msgstr "Neue Einheiten"

#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/wording.py
msgid "Notes"
msgstr "Hinweise"

#: steerco/apps/indicators/templates/indicators/import_done.html
#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/kit/imports/templates/imports/run.html
msgid "Row"
msgstr "Zeile"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "1. What the columns are"
msgstr "1. Was die Spalten bedeuten"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#, python-format
msgid "%(n)s table in the file."
msgid_plural "%(n)s tables in the file; the first is shown, a changed mapping is used for all of them."
msgstr[0] "%(n)s Tabelle in der Datei."
msgstr[1] "%(n)s Tabellen in der Datei; die erste ist gezeigt, eine geänderte Zuordnung gilt für alle."

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/kit/imports/templates/imports/_steps.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/columns.html
#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Columns"
msgstr "Spalten"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Column"
msgstr "Spalte"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "is taken for"
msgstr "gilt als"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Some of its cells"
msgstr "Einige ihrer Zellen"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "– not read –"
msgstr "– nicht lesen –"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "As of (if the file does not say)"
msgstr "Stichtag (falls die Datei ihn nicht nennt)"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "or the column with the date"
msgstr "oder die Spalte mit dem Datum"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/kit/imports/templates/imports/columns.html
msgid "Use a kept mapping"
msgstr "Gemerkte Zuordnung verwenden"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/templates/planning/_choice.html
msgid "as above"
msgstr "wie oben"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Keep the mapping as"
msgstr "Zuordnung merken als"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Try it"
msgstr "Ausprobieren"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/templates/planning/_reading.html
#: steerco/apps/planning/templates/planning/revision.html
msgid "Drop the file"
msgstr "Datei verwerfen"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/templates/planning/revision.html
msgid "2. What it would do"
msgstr "2. Was geschähe"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#, python-format
msgid "%(n)s new initiative"
msgid_plural "%(n)s new initiatives"
msgstr[0] "%(n)s neues Vorhaben"
msgstr[1] "%(n)s neue Vorhaben"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "new units"
msgstr "neue Einheiten"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/templates/planning/revision.html
msgid "Is it the same?"
msgstr "Ist es dasselbe?"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "These resemble initiatives that are there. Tick what is the same; the rest becomes initiatives of its own."
msgstr "Diese ähneln vorhandenen Vorhaben. Bitte ankreuzen, was dasselbe ist; der Rest wird zu eigenen Vorhaben."

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Import it"
msgstr "Jetzt importieren"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/run.html
msgid "Rows"
msgstr "Zeilen"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/office/templates/office/own.html
msgid "Outcome"
msgstr "Ergebnis"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "Differences"
msgstr "Unterschiede"

#: steerco/apps/indicators/templates/indicators/import_draft.html
msgid "new report"
msgstr "neuer Bericht"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#: steerco/apps/planning/wording.py steerco/exchange/packs/labels.py
#: steerco/interfaces/cli/import_schedule.py
msgid "unchanged"
msgstr "unverändert"

#: steerco/apps/indicators/templates/indicators/import_draft.html
#, python-format
msgid "The first %(most)s are shown; all are counted above."
msgstr "Die ersten %(most)s sind gezeigt; oben sind alle gezählt."

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "A file or pasted cells"
msgstr "Datei oder eingefügte Zellen"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "One row (or one column) for each project. Headers, units, dates and ratings are recognised; you see what was understood before anything is written."
msgstr "Je Projekt eine Zeile (oder eine Spalte). Überschriften, Einheiten, Daten und Ampeln werden erkannt; Sie sehen, was verstanden wurde, bevor etwas geschrieben wird."

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "Into"
msgstr "In"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "a new portfolio"
msgstr "ein neues Portfolio"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "Code of the new portfolio"
msgstr "Kürzel des neuen Portfolios"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "File (CSV or Excel)"
msgstr "Datei (CSV oder Excel)"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "or cells pasted from a spreadsheet, with their headers"
msgstr "oder aus einer Tabelle eingefügte Zellen, mit Überschriften"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "Imports so far"
msgstr "Bisherige Importe"

#: steerco/apps/indicators/templates/indicators/import_start.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "By"
msgstr "Von"

#: steerco/apps/indicators/templates/indicators/import_start.html
msgid "Corrected"
msgstr "Korrigiert"

#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/initiatives/models.py
msgid "initiatives"
msgstr "Vorhaben"

#: steerco/apps/indicators/templates/indicators/initiatives.html
msgid "Name or code"
msgstr "Name oder Kürzel"

#: steerco/apps/indicators/templates/indicators/initiatives.html
msgid "Reported"
msgstr "Berichtet"

#: steerco/apps/indicators/templates/indicators/initiatives.html
#: steerco/apps/raid/models/risks.py
msgid "now"
msgstr "jetzt"

#: steerco/apps/indicators/templates/indicators/initiatives.html
#, python-format
msgid "Without “%(label)s”"
msgstr "Ohne „%(label)s“"

#: steerco/apps/indicators/templates/indicators/initiatives.html
msgid "Nothing fits."
msgstr "Nichts passt."

#: steerco/apps/indicators/templatetags/figures.py
msgid "as before"
msgstr "wie zuvor"

#: steerco/apps/indicators/templatetags/figures.py
#, python-format
msgid "worse, was %(before)s"
msgstr "schlechter, war %(before)s"

#: steerco/apps/indicators/templatetags/figures.py
#, python-format
msgid "better, was %(before)s"
msgstr "besser, war %(before)s"

#: steerco/apps/indicators/undo.py
msgid "There is no import to take back under that number."
msgstr "Unter dieser Nummer gibt es keinen Import zum Zurücknehmen."

#: steerco/apps/indicators/undo.py
msgid "import taken back"
msgstr "Import zurückgenommen"

#: steerco/apps/indicators/undo.py
#, python-format
msgid "Later imports corrected what this one wrote; take those back first: %(names)s"
msgstr "Spätere Importe haben korrigiert, was dieser schrieb; diese bitte zuerst zurücknehmen: %(names)s"

#: steerco/apps/indicators/wording.py
msgid "Year: budget or forecast not reported."
msgstr "Jahr: Budget oder Prognose nicht berichtet."

#: steerco/apps/indicators/wording.py
msgid "Cost: nothing to compare with."
msgstr "Kosten: nichts zu vergleichen."

#: steerco/apps/indicators/wording.py
msgid "End: nothing to compare with."
msgstr "Ende: nichts zu vergleichen."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "End: moved %(days)s working days, within the limit."
msgstr "Ende: um %(days)s Arbeitstage verschoben, innerhalb der Grenze."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "End: moved %(days)s working days, limit %(limit)s."
msgstr "Ende: um %(days)s Arbeitstage verschoben, Grenze %(limit)s."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "Year: forecast %(amount)s against budget, within the limit."
msgstr "Jahr: Prognose %(amount)s gegenüber Budget, innerhalb der Grenze."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "Year: forecast %(amount)s against budget, limit ±%(limit)s %%."
msgstr "Jahr: Prognose %(amount)s gegenüber Budget, Grenze ±%(limit)s %%."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "Cost: %(amount)s, within the limit."
msgstr "Kosten: %(amount)s, innerhalb der Grenze."

#: steerco/apps/indicators/wording.py
#, python-format
msgid "Cost: %(amount)s, limit +%(limit)s %%."
msgstr "Kosten: %(amount)s, Grenze +%(limit)s %%."

#: steerco/apps/initiatives/actions.py
msgid "Read initiatives"
msgstr "Vorhaben lesen"

#: steerco/apps/initiatives/actions.py
msgid "Create initiatives"
msgstr "Vorhaben anlegen"

#: steerco/apps/initiatives/actions.py
msgid "Change initiatives"
msgstr "Vorhaben ändern"

#: steerco/apps/initiatives/actions.py
msgid "Move, merge, split and rename initiatives"
msgstr "Vorhaben verschieben, zusammenführen, teilen und umbenennen"

#: steerco/apps/initiatives/actions.py
msgid "Archive initiatives"
msgstr "Vorhaben archivieren"

#: steerco/apps/initiatives/actions.py
msgid "Fill posts"
msgstr "Stellen besetzen"

#: steerco/apps/initiatives/actions.py
msgid "Restrict an initiative to named people"
msgstr "Zugriff auf ein Vorhaben auf benannte Personen beschränken"

#: steerco/apps/initiatives/actions.py
msgid "Read registers"
msgstr "Register lesen"

#: steerco/apps/initiatives/actions.py
msgid "Add entries to registers"
msgstr "Einträge in Registern anlegen"

#: steerco/apps/initiatives/actions.py
msgid "Change entries in registers"
msgstr "Einträge in Registern ändern"

#: steerco/apps/initiatives/actions.py
msgid "Move entries to their next state"
msgstr "Einträge in den nächsten Status bringen"

#: steerco/apps/initiatives/actions.py
msgid "Delete and restore entries in registers"
msgstr "Einträge in Registern löschen und wiederherstellen"

#: steerco/apps/initiatives/actions.py
msgid "Restrict an entry to named people"
msgstr "Zugriff auf einen Eintrag auf benannte Personen beschränken"

#: steerco/apps/initiatives/actions.py
msgid "Decide and approve"
msgstr "Entscheiden und genehmigen"

#: steerco/apps/initiatives/models.py
msgid "entry"
msgstr "Eintrag"

#: steerco/apps/initiatives/models.py
msgid "entries"
msgstr "Einträge"

#: steerco/apps/initiatives/models.py steerco/apps/people/models.py
msgid "part of"
msgstr "Teil von"

#: steerco/apps/initiatives/models.py steerco/apps/people/models.py
msgid "code"
msgstr "Kürzel"

#: steerco/apps/initiatives/models.py
msgid "priority rank"
msgstr "Prioritätsrang"

#: steerco/apps/initiatives/models.py
msgid "governance profile"
msgstr "Steuerungsprofil"

#: steerco/apps/initiatives/models.py
msgid "sponsor"
msgstr "Auftraggeber"

#: steerco/apps/initiatives/models.py
msgid "manager"
msgstr "Leitung"

#: steerco/apps/initiatives/models.py
msgid "forecast start"
msgstr "voraussichtlicher Beginn"

#: steerco/apps/initiatives/models.py
msgid "forecast end"
msgstr "voraussichtliches Ende"

#: steerco/apps/initiatives/models.py
msgid "actual start"
msgstr "tatsächlicher Beginn"

#: steerco/apps/initiatives/models.py
msgid "actual end"
msgstr "tatsächliches Ende"

#: steerco/apps/initiatives/models.py
#: steerco/apps/initiatives/templates/initiatives/page.html
msgid "archived"
msgstr "archiviert"

#: steerco/apps/initiatives/models.py
msgid "until"
msgstr "bis"

#: steerco/apps/initiatives/models.py steerco/apps/stakeholders/models.py
msgid "role"
msgstr "Rolle"

#: steerco/apps/initiatives/models.py steerco/apps/people/models.py
msgid "post"
msgstr "Stelle"

#: steerco/apps/initiatives/models.py
msgid "posts"
msgstr "Stellen"

#: steerco/apps/initiatives/models.py
msgid "holder"
msgstr "Inhaber"

#: steerco/apps/initiatives/models.py
msgid "deputy"
msgstr "Stellvertretung"

#: steerco/apps/initiatives/models.py
msgid "proxy"
msgstr "Vertretung"

#: steerco/apps/initiatives/models.py
msgid "as"
msgstr "als"

#: steerco/apps/initiatives/models.py
msgid "holding of a post"
msgstr "Besetzung einer Stelle"

#: steerco/apps/initiatives/models.py
msgid "holdings of posts"
msgstr "Besetzungen von Stellen"

#: steerco/apps/initiatives/models.py
msgid "no."
msgstr "Nr."

#: steerco/apps/initiatives/models.py steerco/apps/initiatives/states.py
#: steerco/kit/registers/recordpage.py
#: steerco/kit/registers/templates/registers/record.html
msgid "deleted"
msgstr "gelöscht"

#: steerco/apps/initiatives/models.py steerco/apps/office/services.py
msgid "There is no such state."
msgstr "Diesen Status gibt es nicht."

#: steerco/apps/initiatives/panels.py
#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "Below"
msgstr "Darunter"

#: steerco/apps/initiatives/panels.py
msgid "Facts"
msgstr "Eckdaten"

#: steerco/apps/initiatives/panels.py
#: steerco/apps/initiatives/templates/initiatives/_office.html
msgid "In my care"
msgstr "In meiner Betreuung"

#: steerco/apps/initiatives/records.py
msgid "This is needed for that state."
msgstr "Für diesen Status wird das gebraucht."

#: steerco/apps/initiatives/records.py steerco/kit/imports/merging.py
#, python-format
msgid "It cannot go from “%(before)s” to “%(after)s”."
msgstr "Der Wechsel von „%(before)s“ zu „%(after)s“ ist nicht möglich."

#: steerco/apps/initiatives/registers.py
msgid "Everything that the organisation has under way: portfolios, programmes, projects, workstreams."
msgstr "Alles, was die Organisation vorhat: Portfolios, Programme, Projekte, Teilprojekte."

#: steerco/apps/initiatives/registers.py
msgid "1 is the most important. Conflicts are resolved by this rank."
msgstr "1 ist am wichtigsten. Konflikte werden nach diesem Rang gelöst."

#: steerco/apps/initiatives/registers.py
msgid "How much governance it needs: light, standard or major."
msgstr "Wie viel Steuerung es braucht: leicht, üblich oder groß."

#: steerco/apps/initiatives/registers.py
msgid "Who wants it and answers for its benefit."
msgstr "Wer es will und für den Nutzen einsteht."

#: steerco/apps/initiatives/registers.py
msgid "Who runs it day to day."
msgstr "Wer es im Alltag leitet."

#: steerco/apps/initiatives/registers.py
msgid "Governance"
msgstr "Steuerung"

#: steerco/apps/initiatives/registers.py steerco/exchange/packs/labels.py
msgid "Dates"
msgstr "Termine"

#: steerco/apps/initiatives/registers.py
msgid "Delivering"
msgstr "In Umsetzung"

#: steerco/apps/initiatives/registers.py
msgid "Archived"
msgstr "Archiviert"

#: steerco/apps/initiatives/services.py
#, python-format
msgid "A %(child)s cannot stand there."
msgstr "%(child)s kann dort nicht stehen."

#: steerco/apps/initiatives/services.py
msgid "It cannot be moved below itself."
msgstr "Es lässt sich nicht unter sich selbst verschieben."

#: steerco/apps/initiatives/states.py steerco/kit/registers/filters.py
msgid "not yet open"
msgstr "noch nicht offen"

#: steerco/apps/initiatives/states.py
#: steerco/apps/links/templates/links/_relations.html
#: steerco/apps/office/states.py steerco/apps/planning/wording.py
#: steerco/apps/raid/states.py steerco/interfaces/cli/import_schedule.py
#: steerco/kit/jobs/models.py steerco/kit/registers/filters.py
#: steerco/site/templates/site/_checklist.html
msgid "done"
msgstr "erledigt"

#: steerco/apps/initiatives/states.py
msgid "portfolio"
msgstr "Portfolio"

#: steerco/apps/initiatives/states.py
msgid "programme"
msgstr "Programm"

#: steerco/apps/initiatives/states.py
msgid "project"
msgstr "Projekt"

#: steerco/apps/initiatives/states.py
msgid "light"
msgstr "leicht"

#: steerco/apps/initiatives/states.py
msgid "standard"
msgstr "üblich"

#: steerco/apps/initiatives/states.py
msgid "initiating"
msgstr "in Vorbereitung"

#: steerco/apps/initiatives/states.py
msgid "delivering"
msgstr "in Umsetzung"

#: steerco/apps/initiatives/states.py
msgid "closing"
msgstr "im Abschluss"

#: steerco/apps/initiatives/states.py steerco/apps/raid/states.py
#: steerco/kit/jobs/models.py
msgid "cancelled"
msgstr "abgebrochen"

#: steerco/apps/initiatives/states.py
msgid "transferred"
msgstr "übergeben"

#: steerco/apps/initiatives/structure_views.py
msgid "That is this initiative itself."
msgstr "Das ist dieses Vorhaben selbst."

#: steerco/apps/initiatives/structure_views.py
msgid "Its parts, one name a line"
msgstr "Seine Teile, ein Name je Zeile"

#: steerco/apps/initiatives/structure_views.py
msgid "Name two parts or more, each differently."
msgstr "Nennen Sie mindestens zwei Teile mit verschiedenen Namen."

#: steerco/apps/initiatives/structure_views.py
msgid "Reports to this one too"
msgstr "Berichtet auch an"

#: steerco/apps/initiatives/structure_views.py
msgid "The initiative that becomes part of this one"
msgstr "Das Vorhaben, das in diesem aufgeht"

#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/raid/templates/raid/_places.html
msgid "Type"
msgstr "Art"

#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/raid/templates/raid/_places.html
msgid "Status"
msgstr "Status"

#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "Manager"
msgstr "Leitung"

#: steerco/apps/initiatives/templates/initiatives/_below.html
#: steerco/apps/raid/templates/raid/board.html
#, python-format
msgid "All %(count)s"
msgstr "Alle %(count)s"

#: steerco/apps/initiatives/templates/initiatives/_office.html
msgctxt "column"
msgid "Open"
msgstr "Offen"

#: steerco/apps/initiatives/templates/initiatives/_office.html
msgid "Changed in seven days"
msgstr "In sieben Tagen geändert"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/kit/registers/recordpage.py
#: steerco/kit/registers/templates/registers/record.html
msgid "restricted"
msgstr "beschränkt"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
#: steerco/apps/links/templates/links/_comments.html
#: steerco/kit/registers/templates/registers/record.html
msgid "Edit"
msgstr "Bearbeiten"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "People and posts"
msgstr "Personen und Stellen"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Structure"
msgstr "Struktur"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/restrict.html
msgid "Restrict"
msgstr "Zugriff beschränken"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/raid/templates/raid/_due.html
msgid "Priority"
msgstr "Priorität"

#: steerco/apps/initiatives/templates/initiatives/page.html
msgid "Formerly"
msgstr "Früher"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Also reported to"
msgstr "Berichtet auch an"

#: steerco/apps/initiatives/templates/initiatives/page.html
msgid "counted once in every total"
msgstr "in jeder Summe einmal gezählt"

#: steerco/apps/initiatives/templates/initiatives/page.html
#: steerco/kit/pages/templates/pages/_keys.html steerco/site/navigation.py
#: steerco/site/templates/site/registers.html
msgid "Registers"
msgstr "Register"

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "A role is a post: people hold it from–to. Rights follow the post, on this initiative and everything below it."
msgstr "Eine Rolle ist eine Stelle: Personen haben sie von–bis inne. Die Rechte folgen der Stelle, für dieses Vorhaben und alles darunter."

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "Post"
msgstr "Stelle"

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "Held by"
msgstr "Besetzt durch"

#: steerco/apps/initiatives/templates/initiatives/posts.html
#: steerco/apps/initiatives/views.py
msgid "As"
msgstr "Als"

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgctxt "verb"
msgid "End"
msgstr "Beenden"

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "vacant"
msgstr "unbesetzt"

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "No post yet."
msgstr "Noch keine Stelle."

#: steerco/apps/initiatives/templates/initiatives/posts.html
msgid "Fill a post"
msgstr "Stelle besetzen"

#: steerco/apps/initiatives/templates/initiatives/restrict.html
msgid "While anybody is named here, only they read this initiative and everything below it: in lists, counts, search, mail, history, exports and packs alike."
msgstr "Solange hier jemand benannt ist, lesen nur diese Personen das Vorhaben und alles darunter: in Listen, Zählungen, Suche, E-Mail, Verlauf, Exporten und Mappen gleichermaßen."

#: steerco/apps/initiatives/templates/initiatives/restrict.html
msgid "Not restricted: everybody with access reads it."
msgstr "Nicht beschränkt: Alle mit Zugang lesen es."

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "To rename it, give it another code or move it below another initiative, edit it: former names and codes keep leading to it, and packs that were built keep the old name."
msgstr "Umbenennen, einen anderen Code vergeben oder unter ein anderes Vorhaben verschieben: über „Bearbeiten“. Frühere Namen und Codes führen weiter hierher, und bereits gebaute Mappen behalten den alten Namen."

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "It has one place in the tree. Other portfolios and programmes may count it too; in every total it counts once, and they get no rights by it."
msgstr "Es hat einen Platz im Baum. Andere Portfolios und Programme können es mitzählen; in jeder Summe zählt es einmal, und Rechte entstehen daraus nicht."

#: steerco/apps/initiatives/templates/initiatives/structure.html
#, python-format
msgid "No longer report to %(name)s"
msgstr "Nicht mehr an %(name)s berichten"

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Merge another one into it"
msgstr "Ein anderes hier aufgehen lassen"

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "The other one is closed as transferred; what is below it moves here; its name and code lead here. What was reported of it stays reported."
msgstr "Das andere wird als übergegangen geschlossen; was darunter steht, kommt hierher; sein Name und Code führen hierher. Was darüber berichtet wurde, bleibt berichtet."

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Merge"
msgstr "Zusammenführen"

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Split it"
msgstr "Aufteilen"

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "It is closed as transferred, and its parts are created in its place. What was reported of it stays reported."
msgstr "Es wird als übergegangen geschlossen, an seiner Stelle werden die Teile angelegt. Was darüber berichtet wurde, bleibt berichtet."

#: steerco/apps/initiatives/templates/initiatives/structure.html
msgid "Split"
msgstr "Aufteilen"

#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/apps/initiatives/views.py
#: steerco/kit/pages/templates/pages/_keys.html steerco/site/navigation.py
msgid "Portfolio"
msgstr "Portfolio"

#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "Add an initiative"
msgstr "Vorhaben anlegen"

#: steerco/apps/initiatives/templates/initiatives/tree.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Previous"
msgstr "Zurück"

#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "No initiative yet."
msgstr "Noch kein Vorhaben."

#: steerco/apps/initiatives/templates/initiatives/tree.html
msgid "Start with a portfolio, or import a list that you already have."
msgstr "Beginnen Sie mit einem Portfolio oder importieren Sie eine vorhandene Liste."

#: steerco/apps/initiatives/views.py
msgid "Title (if other than the role)"
msgstr "Bezeichnung (falls anders als die Rolle)"

#: steerco/apps/initiatives/views.py
msgid "Add a person or post"
msgstr "Person oder Stelle hinzufügen"

#: steerco/apps/links/mails.py
#, python-format
msgid "%(who)s named you: %(what)s"
msgstr "%(who)s hat Sie erwähnt: %(what)s"

#: steerco/apps/links/models.py
msgid "comment"
msgstr "Kommentar"

#: steerco/apps/links/models.py
msgid "comments"
msgstr "Kommentare"

#: steerco/apps/links/models.py
msgid "a document"
msgstr "ein Dokument"

#: steerco/apps/links/models.py
msgid "the mail that it came by"
msgstr "die E-Mail, mit der es kam"

#: steerco/apps/links/models.py
msgid "the note of a call"
msgstr "die Notiz eines Telefonats"

#: steerco/apps/links/models.py
msgid "the note of a meeting"
msgstr "die Notiz einer Besprechung"

#: steerco/apps/links/models.py
msgid "the file that it came in"
msgstr "die Datei, in der es kam"

#: steerco/apps/links/models.py
msgid "it is"
msgstr "es ist"

#: steerco/apps/links/models.py steerco/apps/office/mails.py
msgid "attachment"
msgstr "Anlage"

#: steerco/apps/links/models.py
msgid "attachments"
msgstr "Anlagen"

#: steerco/apps/links/models.py steerco/apps/links/panels.py
msgid "relates to"
msgstr "hängt zusammen mit"

#: steerco/apps/links/models.py
msgid "causes"
msgstr "verursacht"

#: steerco/apps/links/models.py
msgid "blocks"
msgstr "blockiert"

#: steerco/apps/links/models.py
msgid "mitigates"
msgstr "mindert"

#: steerco/apps/links/models.py
msgid "fulfils"
msgstr "erfüllt"

#: steerco/apps/links/models.py
msgid "changes"
msgstr "ändert"

#: steerco/apps/links/models.py
msgid "is used in"
msgstr "wird genutzt in"

#: steerco/apps/links/models.py
msgid "what it is to it"
msgstr "Art der Beziehung"

#: steerco/apps/links/models.py
msgid "relation"
msgstr "Beziehung"

#: steerco/apps/links/models.py
msgid "relations"
msgstr "Beziehungen"

#: steerco/apps/links/models.py
msgid "tag"
msgstr "Schlagwort"

#: steerco/apps/links/opening_views.py
msgid "The record was changed meanwhile. Look at it and try again."
msgstr "Der Eintrag wurde inzwischen geändert. Bitte ansehen und erneut versuchen."

#: steerco/apps/links/opening_views.py steerco/apps/raid/views.py
#, python-format
msgid "Opened: %s"
msgstr "Eröffnet: %s"

#: steerco/apps/links/openings.py
msgid "It has been opened already."
msgstr "Das wurde schon eröffnet."

#: steerco/apps/links/panels.py
msgid "caused by"
msgstr "verursacht durch"

#: steerco/apps/links/panels.py
msgid "blocked by"
msgstr "blockiert durch"

#: steerco/apps/links/panels.py
msgid "mitigated by"
msgstr "gemindert durch"

#: steerco/apps/links/panels.py
msgid "fulfilled by"
msgstr "erfüllt durch"

#: steerco/apps/links/panels.py
msgid "changed by"
msgstr "geändert durch"

#: steerco/apps/links/panels.py
msgid "uses"
msgstr "nutzt"

#: steerco/apps/links/panels.py
msgid "Relations and tags"
msgstr "Beziehungen und Schlagwörter"

#: steerco/apps/links/panels.py
msgid "Comments"
msgstr "Kommentare"

#: steerco/apps/links/panels.py
msgid "You were named"
msgstr "Sie wurden erwähnt"

#: steerco/apps/links/panels.py steerco/apps/links/watching.py
msgid "What you watch"
msgstr "Was Sie beobachten"

#: steerco/apps/links/services.py
msgid "Name another entry: this is the same one."
msgstr "Bitte einen anderen Eintrag nennen: Das ist derselbe."

#: steerco/apps/links/templates/links/_comments.html
msgid "Nothing said yet."
msgstr "Noch keine Kommentare."

#: steerco/apps/links/templates/links/_comments.html
msgid "Your comment"
msgstr "Ihr Kommentar"

#: steerco/apps/links/templates/links/_comments.html
msgid "Type @ and a name to tell somebody. **bold**, *italic*, - lists and links work."
msgstr "Mit @ und einem Namen wird jemand benachrichtigt. **fett**, *kursiv*, - Listen und Links sind möglich."

#: steerco/apps/links/templates/links/_comments.html
msgid "Say it"
msgstr "Kommentieren"

#: steerco/apps/links/templates/links/_comments.html
msgid "Stop watching"
msgstr "Nicht mehr beobachten"

#: steerco/apps/links/templates/links/_comments.html
msgid "Watch"
msgstr "Beobachten"

#: steerco/apps/links/templates/links/_files.html
#, python-format
msgid "version %(version)s"
msgstr "Fassung %(version)s"

#: steerco/apps/links/templates/links/_files.html
#: steerco/apps/raid/registers/obstacles.py steerco/apps/raid/reminders.py
#: steerco/apps/raid/states.py
msgid "Removed"
msgstr "Entfernt"

#: steerco/apps/links/templates/links/_files.html
#: steerco/kit/registers/templates/registers/record.html
msgid "Restore"
msgstr "Wiederherstellen"

#: steerco/apps/links/templates/links/_files.html
msgid "Attach files"
msgstr "Dateien anhängen"

#: steerco/apps/links/templates/links/_files.html
msgid "It is"
msgstr "Es ist"

#: steerco/apps/links/templates/links/_files.html
msgid "Attach"
msgstr "Anhängen"

#: steerco/apps/links/templates/links/_files.html
#, python-format
msgid "Up to %(limit)s each."
msgstr "Je bis zu %(limit)s."

#: steerco/apps/links/templates/links/_relations.html
msgid "It"
msgstr "Dies"

#: steerco/apps/links/templates/links/_relations.html
msgid "Relate"
msgstr "Verknüpfen"

#: steerco/apps/links/templates/links/_relations.html
msgid "Tags"
msgstr "Schlagwörter"

#: steerco/apps/links/templates/links/_relations.html
msgid "Tags, with commas between them"
msgstr "Schlagwörter, durch Kommas getrennt"

#: steerco/apps/links/templates/links/open.html
#, python-format
msgid "The new record is linked to “%(title)s”."
msgstr "Der neue Eintrag wird mit „%(title)s“ verknüpft."

#: steerco/apps/links/templates/links/open.html
msgid "That one gets:"
msgstr "Jener erhält:"

#: steerco/apps/links/templates/links/open.html
#: steerco/apps/organisation/templates/organisation/settings.html
#: steerco/apps/raid/templates/raid/raise.html
#: steerco/kit/registers/templates/registers/form.html
msgid "Not saved yet. Look at the marked fields."
msgstr "Noch nicht gespeichert. Bitte die markierten Felder prüfen."

#: steerco/apps/links/templates/links/open.html
#: steerco/apps/raid/templates/raid/raise.html
#: steerco/kit/registers/templates/registers/bulk.html
#: steerco/kit/registers/templates/registers/form.html
#: steerco/kit/registers/templates/registers/transition.html
msgid "Why (kept in the history)"
msgstr "Warum (steht dann im Verlauf)"

#: steerco/apps/links/templates/links/open.html
#: steerco/apps/raid/templates/raid/raise.html
#, python-format
msgid "Open: %(label)s"
msgstr "Eröffnen: %(label)s"

#: steerco/apps/links/templates/links/tag.html
#, python-format
msgid "Tag “%(name)s”"
msgstr "Schlagwort „%(name)s“"

#: steerco/apps/links/views.py
#, python-format
msgid "“%(name)s” is empty."
msgstr "„%(name)s“ ist leer."

#: steerco/apps/links/views.py
#, python-format
msgid "“%(name)s” is a program. Programs are not taken."
msgstr "„%(name)s“ ist ein Computerprogramm. Solche Dateien werden nicht angenommen."

#: steerco/apps/links/views.py
#, python-format
msgid "“%(name)s” is not what its name says it is."
msgstr "„%(name)s“ ist nicht, was der Name sagt."

#: steerco/apps/links/views.py
msgid "A comment needs some words, and at most 20,000 characters."
msgstr "Ein Kommentar braucht Text, höchstens 20.000 Zeichen."

#: steerco/apps/links/views.py
#, python-format
msgid "“%(name)s” is too large: %(limit)s fit here."
msgstr "„%(name)s“ ist zu groß: %(limit)s sind möglich."

#: steerco/apps/links/watching.py
#, python-format
msgid "%(what)s was changed by %(who)s"
msgstr "%(what)s wurde von %(who)s geändert"

#: steerco/apps/links/watching.py
msgid "You watch it."
msgstr "Sie beobachten es."

#: steerco/apps/notices/mail.py
#, python-format
msgid "%(count)s things for you"
msgstr "%(count)s Dinge für Sie"

#: steerco/apps/notices/models.py
msgid "one mail a day"
msgstr "eine Mail am Tag"

#: steerco/apps/notices/models.py
msgid "a mail for each, outside quiet hours"
msgstr "je eine Mail, außerhalb der Ruhezeit"

#: steerco/apps/notices/models.py
msgid "tell me by"
msgstr "Benachrichtigung durch"

#: steerco/apps/notices/models.py
msgid "time of the daily mail"
msgstr "Uhrzeit der täglichen Mail"

#: steerco/apps/notices/models.py
msgid "no mail from"
msgstr "keine Mail ab"

#: steerco/apps/notices/models.py
msgid "no mail until"
msgstr "keine Mail bis"

#: steerco/apps/notices/models.py
msgid "away from"
msgstr "abwesend ab"

#: steerco/apps/notices/models.py
msgid "away to"
msgstr "abwesend bis"

#: steerco/apps/notices/templates/notices/mail.html
#: steerco/apps/notices/templates/notices/mail.txt
msgid "Write above this line to comment"
msgstr "Über dieser Zeile schreiben, um zu kommentieren"

#: steerco/apps/notices/templates/notices/mail.html
#: steerco/apps/notices/templates/notices/mail.txt
msgid "Comment by mail"
msgstr "Per Mail kommentieren"

#: steerco/apps/notices/templates/notices/mail.html
#: steerco/apps/notices/templates/notices/mail.txt
msgid "When and how you get these mails"
msgstr "Wann und wie Sie diese Mails bekommen"

#: steerco/apps/notices/templates/notices/mine.html
#: steerco/apps/notices/views.py
msgid "Mails"
msgstr "Mails"

#: steerco/apps/notices/templates/notices/mine.html
msgid "What you are asked for reaches you by mail and on your home page. Nothing is sent twice, and nothing outside your working time."
msgstr "Wonach Sie gefragt werden, erreicht Sie per Mail und auf Ihrer Startseite. Nichts kommt doppelt, und nichts außerhalb Ihrer Arbeitszeit."

#: steerco/apps/office/asking_views.py
msgid "A file is empty. Nothing was sent: take it out and send again."
msgstr "Eine Datei ist leer. Es wurde nichts geschickt: bitte herausnehmen und noch einmal schicken."

#: steerco/apps/office/asking_views.py
msgid "A file is a program. Nothing was sent: take it out and send again."
msgstr "Eine Datei ist ein Programm. Es wurde nichts geschickt: bitte herausnehmen und noch einmal schicken."

#: steerco/apps/office/asking_views.py
msgid "A file is not what its name says it is. Nothing was sent: take it out and send again."
msgstr "Eine Datei ist nicht, was ihr Name sagt. Es wurde nichts geschickt: bitte herausnehmen und noch einmal schicken."

#: steerco/apps/office/asking_views.py
msgid "What do you need?"
msgstr "Was brauchen Sie?"

#: steerco/apps/office/asking_views.py
msgid "Say more"
msgstr "Näheres"

#: steerco/apps/office/asking_views.py
#: steerco/apps/office/templates/office/own.html
msgid "Wanted by"
msgstr "Gewünscht bis"

#: steerco/apps/office/asking_views.py
#: steerco/apps/office/templates/office/queue.html
msgid "For which initiative"
msgstr "Für welches Vorhaben"

#: steerco/apps/office/asking_views.py
msgid "Empty: the office in general."
msgstr "Leer: das PMO allgemein."

#: steerco/apps/office/asking_views.py
msgid "That day is past."
msgstr "Dieser Tag ist vorbei."

#: steerco/apps/office/asking_views.py
#, python-format
msgid "The office has it: %(reference)s."
msgstr "Das PMO hat die Anfrage: %(reference)s."

#: steerco/apps/office/asking_views.py
#, python-format
msgid "Send at most %(count)s files."
msgstr "Höchstens %(count)s Dateien schicken."

#: steerco/apps/office/asking_views.py
#, python-format
msgid "A file is too large: %(limit)s fit here."
msgstr "Eine Datei ist zu groß: %(limit)s sind möglich."

#: steerco/apps/office/asking_views.py
msgid "Sent to the office."
msgstr "An das PMO geschickt."

#: steerco/apps/office/mails.py
#, python-format
msgid "Not taken with it: %(names)s"
msgstr "Nicht mit übernommen: %(names)s"

#: steerco/apps/office/mails.py
msgid "the attachments, which cannot be read"
msgstr "die Anhänge, die nicht lesbar sind"

#: steerco/apps/office/mails.py
msgid "Say for which initiative."
msgstr "Geben Sie an, für welches Vorhaben."

#: steerco/apps/office/mails.py
#, python-format
msgid "From: %(sender)s"
msgstr "Von: %(sender)s"

#: steerco/apps/office/mails.py
msgid "Somebody has dealt with this mail already."
msgstr "Um diese E-Mail hat sich schon jemand gekümmert."

#: steerco/apps/office/models.py
msgid "where requests to the office in general stand"
msgstr "wo allgemeine Anfragen an das PMO stehen"

#: steerco/apps/office/models.py
msgid "who answers where nobody else does"
msgstr "wer antwortet, wo es niemand sonst tut"

#: steerco/apps/office/models.py
msgid "the office works from"
msgstr "das PMO arbeitet von"

#: steerco/apps/office/models.py
msgid "the office works until"
msgstr "das PMO arbeitet bis"

#: steerco/apps/office/models.py
msgid "looked after by"
msgstr "betreut von"

#: steerco/apps/office/models.py
msgid "working hours to the first answer"
msgstr "Arbeitsstunden bis zur ersten Antwort"

#: steerco/apps/office/models.py
msgid "working days until it is done"
msgstr "Arbeitstage bis zur Erledigung"

#: steerco/apps/office/models.py
msgid "category of requests"
msgstr "Kategorie von Anfragen"

#: steerco/apps/office/models.py
msgid "categories of requests"
msgstr "Kategorien von Anfragen"

#: steerco/apps/office/models.py
msgid "in time"
msgstr "rechtzeitig"

#: steerco/apps/office/models.py
msgid "what is wanted"
msgstr "was gewünscht ist"

#: steerco/apps/office/models.py
msgid "asked by"
msgstr "angefragt von"

#: steerco/apps/office/models.py
msgid "unit of the asker"
msgstr "Einheit der anfragenden Person"

#: steerco/apps/office/models.py
#: steerco/apps/office/templates/office/queue.html
msgid "wanted by"
msgstr "gewünscht bis"

#: steerco/apps/office/models.py
msgid "what the asker is asked"
msgstr "Rückfrage"

#: steerco/apps/office/models.py steerco/apps/raid/models/conflicts.py
msgid "outcome"
msgstr "Ergebnis"

#: steerco/apps/office/models.py
msgid "ended on"
msgstr "beendet am"

#: steerco/apps/office/models.py
msgid "asked at"
msgstr "angefragt um"

#: steerco/apps/office/models.py
msgid "first answer"
msgstr "erste Antwort"

#: steerco/apps/office/models.py
msgid "waiting since"
msgstr "wartet seit"

#: steerco/apps/office/models.py
msgid "minutes waited for the asker"
msgstr "auf Rückmeldung gewartet, Minuten"

#: steerco/apps/office/models.py
msgid "first answer due"
msgstr "erste Antwort fällig"

#: steerco/apps/office/models.py
msgid "end due"
msgstr "Erledigung fällig"

#: steerco/apps/office/models.py
msgid "owed next"
msgstr "als Nächstes fällig"

#: steerco/apps/office/models.py
msgid "first answer kept"
msgstr "erste Antwort eingehalten"

#: steerco/apps/office/models.py
msgid "target kept"
msgstr "Zusage eingehalten"

#: steerco/apps/office/models.py
msgid "minutes spent"
msgstr "aufgewendete Minuten"

#: steerco/apps/office/models.py
msgid "support request"
msgstr "Anfrage an das PMO"

#: steerco/apps/office/models.py
msgid "support requests"
msgstr "Anfragen an das PMO"

#: steerco/apps/office/models.py
msgid "That is before it was asked for."
msgstr "Das liegt vor der Anfrage."

#: steerco/apps/office/models.py steerco/apps/people/models.py
msgid "person"
msgstr "Person"

#: steerco/apps/office/models.py
msgid "day"
msgstr "Tag"

#: steerco/apps/office/models.py
msgid "minutes"
msgstr "Minuten"

#: steerco/apps/office/models.py
msgid "what was done"
msgstr "was getan wurde"

#: steerco/apps/office/models.py
msgid "time spent"
msgstr "aufgewendete Zeit"

#: steerco/apps/office/models.py
msgid "times spent"
msgstr "aufgewendete Zeiten"

#: steerco/apps/office/models.py
msgid "contact"
msgstr "Kontakt"

#: steerco/apps/office/models.py
msgid "contacts"
msgstr "Kontakte"

#: steerco/apps/office/models.py
msgid "the sender is not in the address book"
msgstr "der Absender steht nicht im Adressbuch"

#: steerco/apps/office/models.py
msgid "no place is chosen for requests to the office in general"
msgstr "für allgemeine Anfragen an das PMO ist kein Platz gewählt"

#: steerco/apps/office/models.py steerco/interfaces/cli/mail_in.py
msgid "opened a request"
msgstr "hat eine Anfrage eröffnet"

#: steerco/apps/office/models.py
msgid "held for the office"
msgstr "für das PMO zurückgehalten"

#: steerco/apps/office/models.py steerco/kit/imports/models.py
msgid "discarded"
msgstr "verworfen"

#: steerco/apps/office/models.py
msgid "incoming mail"
msgstr "eingegangene E-Mail"

#: steerco/apps/office/models.py
msgid "incoming mails"
msgstr "eingegangene E-Mails"

#: steerco/apps/office/panels.py steerco/apps/office/templates/office/ask.html
#: steerco/apps/office/templates/office/mine.html steerco/site/navigation.py
msgid "Ask the office"
msgstr "Das PMO fragen"

#: steerco/apps/office/panels.py
#: steerco/apps/office/templates/office/figures.html
#: steerco/apps/office/templates/office/queue.html
#: steerco/apps/office/templates/office/settings.html
#: steerco/site/navigation.py
msgid "Requests to the office"
msgstr "Anfragen an das PMO"

#: steerco/apps/office/panels.py steerco/apps/office/templates/office/ask.html
#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/office/templates/office/own.html steerco/site/navigation.py
msgid "What I asked for"
msgstr "Was ich angefragt habe"

#: steerco/apps/office/panels.py
#: steerco/apps/office/templates/office/queue.html
msgid "Imports with conflicts"
msgstr "Importe mit Konflikten"

#: steerco/apps/office/panels.py
msgid "Time and answer"
msgstr "Zeit und Antwort"

#: steerco/apps/office/registers.py steerco/apps/office/reminders.py
msgid "Support request"
msgstr "Anfrage an das PMO"

#: steerco/apps/office/registers.py
msgid "Support requests"
msgstr "Anfragen an das PMO"

#: steerco/apps/office/registers.py
msgid "What people ask of the office: who wants what by when, who looks after it, how long it took."
msgstr "Was das PMO gefragt wird: wer was bis wann wünscht, wer sich darum kümmert, wie lange es gedauert hat."

#: steerco/apps/office/registers.py
msgid "request"
msgstr "Anfrage"

#: steerco/apps/office/registers.py
msgid "What is promised follows from it."
msgstr "Daraus folgt, was zugesagt ist."

#: steerco/apps/office/registers.py
msgid "The first answer or the end, as promised. None while it waits for the asker."
msgstr "Die erste Antwort oder die Erledigung, wie zugesagt. Keiner, solange auf die anfragende Person gewartet wird."

#: steerco/apps/office/registers.py
msgid "Working time for which the clock stood still."
msgstr "Arbeitszeit, in der die Uhr stillstand."

#: steerco/apps/office/registers.py
msgid "All bookings together."
msgstr "Alle Buchungen zusammen."

#: steerco/apps/office/registers.py
#: steerco/apps/office/templates/office/own.html
msgid "What is wanted"
msgstr "Was gewünscht ist"

#: steerco/apps/office/registers.py
msgid "Who looks after it"
msgstr "Wer sich darum kümmert"

#: steerco/apps/office/registers.py
msgid "What was promised"
msgstr "Was zugesagt wurde"

#: steerco/apps/office/registers.py
msgid "Unassigned"
msgstr "Nicht zugewiesen"

#: steerco/apps/office/registers.py
msgid "Waiting for the asker"
msgstr "Wartet auf Rückmeldung"

#: steerco/apps/office/registers.py
#: steerco/apps/office/templates/office/figures.html
msgid "Too late"
msgstr "Zu spät"

#: steerco/apps/office/registers.py
msgid "Category of requests"
msgstr "Kategorie von Anfragen"

#: steerco/apps/office/registers.py
msgid "Categories of requests"
msgstr "Kategorien von Anfragen"

#: steerco/apps/office/registers.py
msgid "What people may ask of the office, who looks after it, and how soon they get an answer."
msgstr "Was das PMO gefragt werden kann, wer sich darum kümmert und wie bald es eine Antwort gibt."

#: steerco/apps/office/registers.py
msgid "The post or person that new requests go to."
msgstr "Die Stelle oder Person, an die neue Anfragen gehen."

#: steerco/apps/office/registers.py
msgid "Empty: nothing is promised."
msgstr "Leer: nichts ist zugesagt."

#: steerco/apps/office/registers.py
msgid "What is asked for"
msgstr "Was angefragt wird"

#: steerco/apps/office/registers.py
msgid "What is promised"
msgstr "Was zugesagt ist"

#: steerco/apps/office/reminders.py
#, python-format
msgid "Answer the request: %(title)s"
msgstr "Anfrage beantworten: %(title)s"

#: steerco/apps/office/reminders.py
#, python-format
msgid "Bring the request to an end: %(title)s"
msgstr "Anfrage zu Ende bringen: %(title)s"

#: steerco/apps/office/reminders.py
#, python-format
msgid "The office asks about “%(title)s”: %(question)s"
msgstr "Das PMO fragt zu „%(title)s“: %(question)s"

#: steerco/apps/office/reminders.py steerco/apps/office/states.py
#: steerco/apps/raid/reminders.py steerco/apps/raid/states.py
#: steerco/apps/stakeholders/reminders.py steerco/exchange/packs/labels.py
msgid "Done"
msgstr "Erledigt"

#: steerco/apps/office/reminders.py steerco/apps/office/states.py
msgid "Decline"
msgstr "Ablehnen"

#: steerco/apps/office/reminders.py
msgid "First answer"
msgstr "Erste Antwort"

#: steerco/apps/office/reminders.py
msgid "You look after the request, or answer for the office."
msgstr "Sie kümmern sich um die Anfrage oder antworten für das PMO."

#: steerco/apps/office/reminders.py
msgid "The office asks"
msgstr "Das PMO fragt"

#: steerco/apps/office/reminders.py
msgid "You asked for it, and the office needs an answer."
msgstr "Sie haben angefragt, und das PMO braucht eine Antwort."

#: steerco/apps/office/reminders.py
#: steerco/apps/office/templates/office/own.html
msgid "I no longer need it"
msgstr "Nicht mehr nötig"

#: steerco/apps/office/selectors.py
#: steerco/apps/office/templates/office/_queue.html
#: steerco/apps/office/templates/office/queue.html
msgid "unassigned"
msgstr "nicht zugewiesen"

#: steerco/apps/office/selectors.py
msgid "due within a working day"
msgstr "fällig binnen eines Arbeitstags"

#: steerco/apps/office/selectors.py steerco/apps/office/states.py
msgid "waiting for the asker"
msgstr "wartet auf Rückmeldung"

#: steerco/apps/office/selectors.py
msgid "mine"
msgstr "meine"

#: steerco/apps/office/selectors.py
msgid "without a category"
msgstr "ohne Kategorie"

#: steerco/apps/office/services.py
msgid "Say for which initiative: no place is chosen yet for requests to the office in general."
msgstr "Geben Sie an, für welches Vorhaben: für allgemeine Anfragen an das PMO ist noch kein Platz gewählt."

#: steerco/apps/office/services.py
msgid "This request has ended. Ask anew."
msgstr "Diese Anfrage ist beendet. Bitte neu anfragen."

#: steerco/apps/office/services.py
msgid "Write some words."
msgstr "Bitte ein paar Worte schreiben."

#: steerco/apps/office/services.py
msgid "This request has ended."
msgstr "Diese Anfrage ist beendet."

#: steerco/apps/office/services.py
msgid "You are not in the address book: name somebody who takes it."
msgstr "Sie stehen nicht im Adressbuch: Nennen Sie jemanden, der sie übernimmt."

#: steerco/apps/office/services.py
msgid "Name who is to look after it."
msgstr "Nennen Sie, wer sich darum kümmern soll."

#: steerco/apps/office/services.py
msgid "That day has not come yet."
msgstr "Dieser Tag ist noch nicht gekommen."

#: steerco/apps/office/settings.py
msgid "The office closes after it opens."
msgstr "Das PMO schließt, nachdem es öffnet."

#: steerco/apps/office/settings_views.py
msgid "The office works from"
msgstr "Das PMO arbeitet von"

#: steerco/apps/office/settings_views.py
msgid "The office works until"
msgstr "Das PMO arbeitet bis"

#: steerco/apps/office/settings_views.py
msgid "Where requests to the office in general stand"
msgstr "Wo allgemeine Anfragen an das PMO stehen"

#: steerco/apps/office/settings_views.py
msgid "Who reads that initiative reads them. Empty: the top of the tree, if it has one only."
msgstr "Wer dieses Vorhaben liest, liest sie. Leer: die Spitze des Baums, wenn er nur eine hat."

#: steerco/apps/office/settings_views.py
msgid "Who answers where nobody else does"
msgstr "Wer antwortet, wo es niemand sonst tut"

#: steerco/apps/office/settings_views.py
msgid "A post of the office. It is reminded of what nobody looks after."
msgstr "Eine Stelle des PMO. Sie wird an das erinnert, worum sich niemand kümmert."

#: steerco/apps/office/settings_views.py
msgid "A post or a person. Empty: whoever is named above, else the office."
msgstr "Eine Stelle oder eine Person. Leer: wer darüber genannt ist, sonst das PMO."

#: steerco/apps/office/settings_views.py
#: steerco/apps/office/templates/office/_contact.html
#: steerco/apps/office/templates/office/ask.html
#: steerco/apps/office/templates/office/contact.html
msgid "Contact"
msgstr "Kontakt"

#: steerco/apps/office/states.py
msgid "in work"
msgstr "in Arbeit"

#: steerco/apps/office/states.py steerco/apps/raid/states.py
msgid "Start work"
msgstr "Arbeit beginnen"

#: steerco/apps/office/states.py
msgid "Ask the asker"
msgstr "Rückfrage stellen"

#: steerco/apps/office/telling.py
msgid "What you asked for"
msgstr "Was Sie angefragt haben"

#: steerco/apps/office/telling.py
#, python-format
msgid "The office has received “%(title)s” (%(reference)s)."
msgstr "Das PMO hat „%(title)s“ erhalten (%(reference)s)."

#: steerco/apps/office/telling.py
#, python-format
msgid "“%(title)s”: %(who)s writes: %(text)s"
msgstr "„%(title)s“: %(who)s schreibt: %(text)s"

#: steerco/apps/office/telling.py
#, python-format
msgid "“%(title)s” is now: %(state)s."
msgstr "„%(title)s“ ist jetzt: %(state)s."

#: steerco/apps/office/templates/office/_answer.html
msgid "And then"
msgstr "Und dann"

#: steerco/apps/office/templates/office/_answer.html
msgid "it goes on"
msgstr "geht es weiter"

#: steerco/apps/office/templates/office/_answer.html
msgid "it waits for the asker"
msgstr "wartet sie auf Rückmeldung"

#: steerco/apps/office/templates/office/_answer.html
msgid "it is done"
msgstr "ist sie erledigt"

#: steerco/apps/office/templates/office/_answer.html
msgid "it is declined"
msgstr "ist sie abgelehnt"

#: steerco/apps/office/templates/office/_answer.html
msgid "Minutes spent"
msgstr "Aufgewendete Minuten"

#: steerco/apps/office/templates/office/_answer.html
msgid "Send the answer"
msgstr "Antwort schicken"

#: steerco/apps/office/templates/office/_conflicts.html
msgid "conflicts to settle"
msgstr "Konflikte zu klären"

#: steerco/apps/office/templates/office/_conflicts.html
msgid "All imports"
msgstr "Alle Importe"

#: steerco/apps/office/templates/office/_contact.html
#: steerco/apps/office/templates/office/contact.html
#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/office/templates/office/own.html
msgid "The office"
msgstr "Das PMO"

#: steerco/apps/office/templates/office/_contact.html
msgid "The post that is named here is vacant: the office answers."
msgstr "Die Stelle, die hier genannt ist, ist unbesetzt: das PMO antwortet."

#: steerco/apps/office/templates/office/_contact.html
msgid "Name somebody else"
msgstr "Jemand anderen nennen"

#: steerco/apps/office/templates/office/_due.html
msgid "near"
msgstr "bald"

#: steerco/apps/office/templates/office/_due.html
msgid "waits for the asker"
msgstr "wartet auf Rückmeldung"

#: steerco/apps/office/templates/office/_own.html
msgid "needs your answer"
msgstr "braucht Ihre Antwort"

#: steerco/apps/office/templates/office/_own.html
msgid "All that I asked for"
msgstr "Alles, was ich angefragt habe"

#: steerco/apps/office/templates/office/_queue.html
msgid "mails from unknown senders"
msgstr "E-Mails von unbekannten Absendern"

#: steerco/apps/office/templates/office/_time.html
msgid "Time spent"
msgstr "Aufgewendete Zeit"

#: steerco/apps/office/templates/office/_time.html
msgid "Day"
msgstr "Tag"

#: steerco/apps/office/templates/office/_time.html
#: steerco/apps/office/templates/office/figures.html
msgid "Minutes"
msgstr "Minuten"

#: steerco/apps/office/templates/office/_time.html
msgid "Who (empty: you)"
msgstr "Wer (leer: Sie)"

#: steerco/apps/office/templates/office/_time.html
msgid "Book the time"
msgstr "Zeit buchen"

#: steerco/apps/office/templates/office/ask.html
#, python-format
msgid "At most %(most_files)s files."
msgstr "Höchstens %(most_files)s Dateien."

#: steerco/apps/office/templates/office/ask.html
msgid "Send to the office"
msgstr "An das PMO schicken"

#: steerco/apps/office/templates/office/contact.html
msgid "Back to the initiative"
msgstr "Zurück zum Vorhaben"

#: steerco/apps/office/templates/office/contact.html
msgid "named above"
msgstr "darüber genannt"

#: steerco/apps/office/templates/office/figures.html
msgid "What the office is asked for"
msgstr "Was das PMO gefragt wird"

#: steerco/apps/office/templates/office/figures.html
msgid "In twelve months"
msgstr "In zwölf Monaten"

#: steerco/apps/office/templates/office/figures.html
msgid "A request counts in the month in which it was asked, with all minutes that were booked on it. Every number opens its requests."
msgstr "Eine Anfrage zählt in dem Monat, in dem sie gestellt wurde, mit allen Minuten, die darauf gebucht sind. Jede Zahl öffnet ihre Anfragen."

#: steerco/apps/office/templates/office/figures.html
msgid "Requests"
msgstr "Anfragen"

#: steerco/apps/office/templates/office/figures.html
msgid "First answer in time"
msgstr "Erste Antwort rechtzeitig"

#: steerco/apps/office/templates/office/figures.html
msgid "Done in time"
msgstr "Rechtzeitig erledigt"

#: steerco/apps/office/templates/office/figures.html
msgid "By month"
msgstr "Nach Monat"

#: steerco/apps/office/templates/office/figures.html
msgid "Requests, and below them the minutes."
msgstr "Anfragen, darunter die Minuten."

#: steerco/apps/office/templates/office/figures.html
msgid "Who asks the most"
msgstr "Wer am meisten fragt"

#: steerco/apps/office/templates/office/figures.html
msgid "Only units with five askers or more are shown."
msgstr "Nur Einheiten, in denen mindestens fünf gefragt haben, werden gezeigt."

#: steerco/apps/office/templates/office/figures.html
#, python-format
msgid "%(n)s unit has fewer."
msgid_plural "%(n)s units have fewer."
msgstr[0] "%(n)s Einheit hat weniger."
msgstr[1] "%(n)s Einheiten haben weniger."

#: steerco/apps/office/templates/office/figures.html
msgid "Nothing was asked of the office here in twelve months."
msgstr "Hier wurde das PMO in zwölf Monaten nichts gefragt."

#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/office/templates/office/own.html
msgid "Asked on"
msgstr "Angefragt am"

#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/office/templates/office/own.html
msgid "Promised by"
msgstr "Zugesagt bis"

#: steerco/apps/office/templates/office/mine.html
#: steerco/apps/office/templates/office/own.html
#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/network.html
msgid "For"
msgstr "Für"

#: steerco/apps/office/templates/office/mine.html
msgid "Only the latest hundred are shown."
msgstr "Nur die neuesten hundert werden gezeigt."

#: steerco/apps/office/templates/office/mine.html
msgid "You have asked for nothing yet."
msgstr "Sie haben noch nichts angefragt."

#: steerco/apps/office/templates/office/mine.html
msgid "What the office is asked for gets a date and somebody who looks after it."
msgstr "Was das PMO gefragt wird, bekommt einen Termin und jemanden, der sich darum kümmert."

#: steerco/apps/office/templates/office/own.html
msgid "Files and history"
msgstr "Dateien und Verlauf"

#: steerco/apps/office/templates/office/own.html
msgid "The office needs an answer from you; the clock stands still until then."
msgstr "Das PMO braucht eine Antwort von Ihnen; bis dahin steht die Uhr still."

#: steerco/apps/office/templates/office/own.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Looked after by"
msgstr "Betreut von"

#: steerco/apps/office/templates/office/own.html
msgid "What was said"
msgstr "Was gesagt wurde"

#: steerco/apps/office/templates/office/own.html
msgid "Say something to the office"
msgstr "Dem PMO etwas sagen"

#: steerco/apps/office/templates/office/own.html
msgid "Send"
msgstr "Schicken"

#: steerco/apps/office/templates/office/queue.html
msgid "Enter a request"
msgstr "Anfrage eintragen"

#: steerco/apps/office/templates/office/queue.html
msgid "Figures"
msgstr "Zahlen"

#: steerco/apps/office/templates/office/queue.html
msgid "Settings"
msgstr "Einstellungen"

#: steerco/apps/office/templates/office/queue.html
msgid "Parts of the queue"
msgstr "Teile der Liste"

#: steerco/apps/office/templates/office/queue.html
#, python-format
msgid "%(n)s working day old"
msgid_plural "%(n)s working days old"
msgstr[0] "%(n)s Arbeitstag alt"
msgstr[1] "%(n)s Arbeitstage alt"

#: steerco/apps/office/templates/office/queue.html
#, python-format
msgid "asked by %(who)s"
msgstr "angefragt von %(who)s"

#: steerco/apps/office/templates/office/queue.html
msgid "asked by somebody outside"
msgstr "angefragt von außerhalb"

#: steerco/apps/office/templates/office/queue.html
#, python-format
msgid "%(n)s minute"
msgid_plural "%(n)s minutes"
msgstr[0] "%(n)s Minute"
msgstr[1] "%(n)s Minuten"

#: steerco/apps/office/templates/office/queue.html
msgid "Answer or assign"
msgstr "Antworten oder zuweisen"

#: steerco/apps/office/templates/office/queue.html
msgid "Give to"
msgstr "Geben an"

#: steerco/apps/office/templates/office/queue.html
msgid "Assign"
msgstr "Zuweisen"

#: steerco/apps/office/templates/office/queue.html
msgid "Nothing is asked of the office here."
msgstr "Hier wird das PMO nichts gefragt."

#: steerco/apps/office/templates/office/queue.html
msgid "Requests come from the button on every initiative, from the menu, and by mail to the office's address."
msgstr "Anfragen kommen über die Schaltfläche an jedem Vorhaben, über das Menü und per E-Mail an die Adresse des PMO."

#: steerco/apps/office/templates/office/queue.html
msgid "Mails from unknown senders"
msgstr "E-Mails von unbekannten Absendern"

#: steerco/apps/office/templates/office/queue.html
msgid "Nobody was answered. Open one only if you expect it."
msgstr "Niemand hat eine Antwort bekommen. Öffnen Sie nur, was Sie erwarten."

#: steerco/apps/office/templates/office/queue.html
msgid "without a subject"
msgstr "ohne Betreff"

#: steerco/apps/office/templates/office/queue.html
msgid "Read and accept"
msgstr "Lesen und annehmen"

#: steerco/apps/office/templates/office/queue.html
msgid "Asked by (empty: not in the address book)"
msgstr "Angefragt von (leer: nicht im Adressbuch)"

#: steerco/apps/office/templates/office/queue.html
#: steerco/kit/imports/templates/imports/columns.html
#: steerco/kit/imports/templates/imports/run.html
msgid "Discard"
msgstr "Verwerfen"

#: steerco/apps/office/templates/office/settings.html
msgid "Settings of the office"
msgstr "Einstellungen des PMO"

#: steerco/apps/office/templates/office/settings.html
msgid "Categories and what they promise"
msgstr "Kategorien und ihre Zusagen"

#: steerco/apps/office/templates/office/settings.html
msgid "No place is chosen yet: nobody can ask the office in general, and mails wait in the queue."
msgstr "Noch ist kein Platz gewählt: niemand kann das PMO allgemein fragen, und E-Mails warten in der Liste."

#: steerco/apps/office/templates/office/settings.html
msgid "The clock of what is promised runs in these hours, Monday to Friday, and stands still while a request waits for its asker."
msgstr "Die Uhr der Zusagen läuft in diesen Stunden, Montag bis Freitag, und steht still, solange auf die anfragende Person gewartet wird."

#: steerco/apps/office/views.py
#, python-format
msgid "You look after %(reference)s now."
msgstr "Sie kümmern sich jetzt um %(reference)s."

#: steerco/apps/office/views.py
#, python-format
msgid "Given to %(name)s."
msgstr "An %(name)s gegeben."

#: steerco/apps/office/views.py
msgid "Answered; whoever asked is told."
msgstr "Beantwortet; wer gefragt hat, erfährt es."

#: steerco/apps/office/views.py
msgid "Somebody was faster. Look at it again."
msgstr "Jemand war schneller. Bitte noch einmal ansehen."

#: steerco/apps/office/views.py
msgid "Minutes are a number from 1 to 1440."
msgstr "Minuten sind eine Zahl von 1 bis 1440."

#: steerco/apps/office/views.py
msgid "That is no date."
msgstr "Das ist kein Datum."

#: steerco/apps/office/views.py
msgid "Booked."
msgstr "Gebucht."

#: steerco/apps/office/views.py
msgid "Discarded."
msgstr "Verworfen."

#: steerco/apps/office/views.py
#, python-format
msgid "Accepted as %(reference)s."
msgstr "Angenommen als %(reference)s."

#: steerco/apps/organisation/actions.py
msgid "Change settings, words, scales and fields"
msgstr "Einstellungen, Begriffe, Skalen und Felder ändern"

#: steerco/apps/organisation/forms.py
msgid "choice from a list"
msgstr "Auswahl aus einer Liste"

#: steerco/apps/organisation/forms.py
msgid "yes or no"
msgstr "ja oder nein"

#: steerco/apps/organisation/forms.py
msgid "from %"
msgstr "ab %"

#: steerco/apps/organisation/forms.py
msgid "costs from"
msgstr "Kosten ab"

#: steerco/apps/organisation/forms.py
msgid "working days from"
msgstr "Arbeitstage ab"

#: steerco/apps/organisation/forms.py steerco/apps/organisation/models.py
msgid "first month of the fiscal year"
msgstr "erster Monat des Geschäftsjahres"

#: steerco/apps/organisation/forms.py steerco/apps/organisation/models.py
msgid "code for a sign-off from"
msgstr "Code für eine Abnahme ab"

#: steerco/apps/organisation/forms.py
msgid "An amount from 0 up."
msgstr "Ein Betrag ab 0."

#: steerco/apps/organisation/forms.py
msgid "A currency has three letters, such as EUR."
msgstr "Eine Währung hat drei Buchstaben, etwa EUR."

#: steerco/apps/organisation/forms.py
#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Label"
msgstr "Bezeichnung"

#: steerco/apps/organisation/forms.py
#: steerco/apps/organisation/templates/organisation/fields.html
#: steerco/apps/raid/reminders.py
msgid "It holds"
msgstr "Inhalt"

#: steerco/apps/organisation/forms.py
msgid "Choices, one on each line"
msgstr "Auswahl, je Zeile eine"

#: steerco/apps/organisation/forms.py
#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Must be filled"
msgstr "Pflichtfeld"

#: steerco/apps/organisation/forms.py
#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Help"
msgstr "Hilfe"

#: steerco/apps/organisation/forms.py
msgid "Place in the order"
msgstr "Platz in der Reihenfolge"

#: steerco/apps/organisation/forms.py
msgid "A list needs at least two choices."
msgstr "Eine Liste braucht mindestens zwei Möglichkeiten."

#: steerco/apps/organisation/forms.py
msgid "There is such a field already, in use or retired."
msgstr "Ein solches Feld gibt es schon, in Gebrauch oder stillgelegt."

#: steerco/apps/organisation/forms.py
#, python-format
msgid "Name of step %d"
msgstr "Name der Stufe %d"

#: steerco/apps/organisation/models.py
msgid "marking on every page of a pack"
msgstr "Kennzeichnung auf jeder Seite einer Mappe"

#: steerco/apps/organisation/models.py
msgid "for example: Internal"
msgstr "zum Beispiel: Intern"

#: steerco/apps/organisation/models.py
msgid "staff read every initiative that is not restricted"
msgstr "alle Beschäftigten lesen jedes Vorhaben, das nicht beschränkt ist"

#: steerco/apps/organisation/models.py steerco/apps/raid/models/appetite.py
msgid "risk appetite"
msgstr "Risikobereitschaft"

#: steerco/apps/organisation/models.py
msgid "The highest score of a threat that is carried without further treatment."
msgstr "Der höchste Risikowert einer Bedrohung, die ohne weitere Behandlung getragen wird."

#: steerco/apps/organisation/models.py
msgid "From this amount on, the link of a mail signs off only with a code sent to the approver. Empty: never."
msgstr "Ab diesem Betrag nimmt der Link einer Mail nur mit einem Code ab, der an die abnehmende Stelle gesendet wird. Leer: nie."

#: steerco/apps/organisation/models.py
msgid "single sign-on makes accounts"
msgstr "Anmeldung über den Identitätsdienst legt Konten an"

#: steerco/apps/organisation/models.py
msgid "Whoever the identity provider vouches for gets an account; otherwise an administrator makes it first."
msgstr "Wen der Identitätsdienst bestätigt, der bekommt ein Konto; sonst legt die Administration es zuerst an."

#: steerco/apps/organisation/models.py steerco/apps/people/models.py
msgid "organisation"
msgstr "Organisation"

#: steerco/apps/organisation/models.py
msgid "organisations"
msgstr "Organisationen"

#: steerco/apps/organisation/models.py
msgid "singular"
msgstr "Einzahl"

#: steerco/apps/organisation/models.py
msgid "plural"
msgstr "Mehrzahl"

#: steerco/apps/organisation/models.py
msgid "probability"
msgstr "Eintrittswahrscheinlichkeit"

#: steerco/apps/organisation/models.py steerco/apps/raid/models/issues.py
msgid "impact"
msgstr "Auswirkung"

#: steerco/apps/organisation/models.py
msgid "where"
msgstr "wo"

#: steerco/apps/organisation/models.py
msgid "key"
msgstr "Schlüssel"

#: steerco/apps/organisation/models.py
msgid "label"
msgstr "Bezeichnung"

#: steerco/apps/organisation/models.py
msgid "choices"
msgstr "Auswahl"

#: steerco/apps/organisation/models.py
msgid "required"
msgstr "Pflicht"

#: steerco/apps/organisation/models.py
msgid "help"
msgstr "Hilfe"

#: steerco/apps/organisation/scales.py
msgid "very low"
msgstr "sehr gering"

#: steerco/apps/organisation/scales.py
msgid "very high"
msgstr "sehr hoch"

#: steerco/apps/organisation/scales.py
msgid "moderate"
msgstr "mäßig"

#: steerco/apps/organisation/scales.py
msgid "serious"
msgstr "ernst"

#: steerco/apps/organisation/scales.py
msgid "Each step must begin above the one before."
msgstr "Jede Stufe muss über der vorigen beginnen."

#: steerco/apps/organisation/scales.py
msgid "Each step needs a name."
msgstr "Jede Stufe braucht einen Namen."

#: steerco/apps/organisation/templates/organisation/field.html
#: steerco/apps/organisation/templates/organisation/fields.html
#: steerco/site/navigation.py
msgid "Own fields"
msgstr "Eigene Felder"

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Fields that your organisation needs beside ours. They stand in forms, lists, filters, imports, exports and the API at once."
msgstr "Felder, die Ihre Organisation zusätzlich braucht. Sie stehen sofort in Formularen, Listen, Filtern, Importen, Exporten und der API."

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "retired"
msgstr "stillgelegt"

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "yes,no"
msgstr "ja,nein"

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Retire"
msgstr "Stilllegen"

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Use again"
msgstr "Wieder verwenden"

#: steerco/apps/organisation/templates/organisation/fields.html
msgid "Add a field"
msgstr "Feld hinzufügen"

#: steerco/apps/organisation/templates/organisation/scales.html
#: steerco/site/navigation.py
msgid "Risk scales"
msgstr "Risikoskalen"

#: steerco/apps/organisation/templates/organisation/scales.html
#, python-format
msgid "What each step is called and from which amount on it counts. Amounts of money are in %(currency)s. A level without scales of its own uses those of all levels."
msgstr "Wie jede Stufe heißt und ab welchem Betrag sie gilt. Geldbeträge sind in %(currency)s. Eine Ebene ohne eigene Skalen nutzt die aller Ebenen."

#: steerco/apps/organisation/templates/organisation/scales.html
msgid "from all levels"
msgstr "von allen Ebenen"

#: steerco/apps/organisation/templates/organisation/scales.html
msgid "Step"
msgstr "Stufe"

#: steerco/apps/organisation/templates/organisation/scales.html
msgid "Back to what is shared"
msgstr "Zurück zum Gemeinsamen"

#: steerco/apps/organisation/templates/organisation/settings.html
#: steerco/site/navigation.py
msgid "Organisation"
msgstr "Organisation"

#: steerco/apps/organisation/templates/organisation/words.html
#: steerco/site/navigation.py
msgid "Words"
msgstr "Begriffe"

#: steerco/apps/organisation/templates/organisation/words.html
msgid "Write your own word where yours is another. It then stands on every page, in exports and packs, as you write it here. Leave a field empty to use ours."
msgstr "Schreiben Sie Ihren eigenen Begriff, wo er anders lautet. Er steht dann auf jeder Seite, in Exporten und Mappen, so wie hier geschrieben. Ein leeres Feld verwendet unseren."

#: steerco/apps/organisation/templates/organisation/words.html
msgid "Ours"
msgstr "Unser Begriff"

#: steerco/apps/organisation/templates/organisation/words.html
#: steerco/kit/registers/templates/registers/form.html
msgid "Yours"
msgstr "Ihrer"

#: steerco/apps/organisation/templates/organisation/words.html
msgid "Yours, several"
msgstr "Ihrer, Mehrzahl"

#: steerco/apps/organisation/templates/organisation/words.html
#, python-format
msgid "Your word for %(one)s"
msgstr "Ihr Begriff für %(one)s"

#: steerco/apps/organisation/templates/organisation/words.html
#, python-format
msgid "Your word for %(many)s"
msgstr "Ihr Begriff für %(many)s"

#: steerco/apps/organisation/views.py
msgid "all levels"
msgstr "alle Ebenen"

#: steerco/apps/people/actions.py
msgid "Read the directory"
msgstr "Verzeichnis lesen"

#: steerco/apps/people/actions.py
msgid "Change the directory"
msgstr "Verzeichnis ändern"

#: steerco/apps/people/models.py
msgid "party"
msgstr "Partei"

#: steerco/apps/people/models.py
msgid "parties"
msgstr "Parteien"

#: steerco/apps/people/models.py
msgid "valid from"
msgstr "gültig ab"

#: steerco/apps/people/models.py
msgid "valid to"
msgstr "gültig bis"

#: steerco/apps/people/models.py
msgid "organisation unit"
msgstr "Organisationseinheit"

#: steerco/apps/people/models.py
msgid "organisation units"
msgstr "Organisationseinheiten"

#: steerco/apps/people/models.py steerco/apps/people/views.py
#: steerco/apps/raid/models/contingency.py
msgid "on"
msgstr "am"

#: steerco/apps/people/models.py
msgid "share, %"
msgstr "Anteil, %"

#: steerco/apps/people/models.py
msgid "employee"
msgstr "angestellt"

#: steerco/apps/people/models.py
msgid "contractor"
msgstr "extern beauftragt"

#: steerco/apps/people/models.py
msgid "temporary"
msgstr "befristet"

#: steerco/apps/people/models.py steerco/apps/raid/models/risks.py
msgid "external"
msgstr "extern"

#: steerco/apps/people/models.py
msgid "account"
msgstr "Konto"

#: steerco/apps/people/models.py
msgid "phone"
msgstr "Telefon"

#: steerco/apps/people/models.py
msgid "job title"
msgstr "Funktion"

#: steerco/apps/people/models.py
msgid "engagement"
msgstr "Beschäftigung"

#: steerco/apps/people/models.py
msgid "starts"
msgstr "Eintritt"

#: steerco/apps/people/models.py
msgid "leaves"
msgstr "Austritt"

#: steerco/apps/people/models.py steerco/apps/raid/models/conflicts.py
msgid "people"
msgstr "Personen"

#: steerco/apps/people/panels.py
msgid "Successors…"
msgstr "Nachfolgerinnen …"

#: steerco/apps/people/panels.py
msgid "Re-organisation"
msgstr "Umorganisation"

#: steerco/apps/people/registers.py
msgid "has left"
msgstr "ist ausgeschieden"

#: steerco/apps/people/registers.py
msgid "leaves soon"
msgstr "scheidet bald aus"

#: steerco/apps/people/registers.py steerco/site/navigation.py
msgid "People"
msgstr "Personen"

#: steerco/apps/people/registers.py
msgid "The address book: one record per person, used in every owner field, list and chart."
msgstr "Das Adressbuch: ein Eintrag je Person, verwendet in jedem Verantwortlichen-Feld, jeder Liste und jedem Diagramm."

#: steerco/apps/people/registers.py
msgid "leaver who still has something"
msgstr "scheidet aus und hat noch etwas"

#: steerco/apps/people/registers.py
msgid "Left, or leaves within 60 days, and still owns records, holds posts or owes answers."
msgstr "Ausgeschieden, oder in den nächsten 60 Tagen, und noch für Einträge verantwortlich, Inhaber von Stellen oder Antworten schuldig."

#: steerco/apps/people/registers.py
msgid "How to reach"
msgstr "Erreichbarkeit"

#: steerco/apps/people/registers.py
msgid "Contractors"
msgstr "Externe Kräfte"

#: steerco/apps/people/registers.py
msgid "Leave and still have something"
msgstr "Scheiden aus und haben noch etwas"

#: steerco/apps/people/registers.py
msgid "Organisation unit"
msgstr "Organisationseinheit"

#: steerco/apps/people/registers.py
msgid "Organisation units"
msgstr "Organisationseinheiten"

#: steerco/apps/people/registers.py
msgid "Departments and teams. After a re-organisation the old unit ends and names its successors."
msgstr "Abteilungen und Teams. Nach einer Umorganisation endet die alte Einheit und nennt ihre Nachfolger."

#: steerco/apps/people/services.py
msgid "Name at least one successor."
msgstr "Bitte mindestens eine Nachfolgerin nennen."

#: steerco/apps/people/services.py
msgid "A unit does not succeed itself."
msgstr "Eine Einheit folgt sich nicht selbst nach."

#: steerco/apps/people/services.py
msgid "Name each successor once."
msgstr "Bitte jede Nachfolgerin einmal nennen."

#: steerco/apps/people/services.py
msgid "That would be a circle: it took over from one of them itself."
msgstr "Das wäre ein Kreis: sie hat selbst von einer von ihnen übernommen."

#: steerco/apps/people/services.py
msgid "The shares must add up to 100, or all be left out."
msgstr "Die Anteile müssen zusammen 100 ergeben oder alle fehlen."

#: steerco/apps/people/templates/people/_succession.html
#, python-format
msgid "Followed on %(day)s by"
msgstr "Abgelöst am %(day)s durch"

#: steerco/apps/people/templates/people/_succession.html
#, python-format
msgid "Took over on %(day)s from"
msgstr "Übernahm am %(day)s von"

#: steerco/apps/people/templates/people/succeed.html
msgid "Successors"
msgstr "Nachfolgerinnen"

#: steerco/apps/people/templates/people/succeed.html
msgid "The unit ends on that day. Where one unit took over everything, comparisons that are restated count its past there; where several did, they say that it cannot be compared."
msgstr "Die Einheit endet an diesem Tag. Hat eine Einheit alles übernommen, zählen umgerechnete Vergleiche ihre Vergangenheit dort; waren es mehrere, sagen sie, dass es nicht vergleichbar ist."

#: steerco/apps/people/views.py
#, python-format
msgid "Successor %(number)s"
msgstr "Nachfolgerin %(number)s"

#: steerco/apps/people/views.py
#, python-format
msgid "Share of successor %(number)s, %%"
msgstr "Anteil der Nachfolgerin %(number)s, %%"

#: steerco/apps/people/views.py
msgid "Its successors are named. “Restated” comparisons follow them."
msgstr "Die Nachfolgerinnen sind benannt. „Umgerechnete“ Vergleiche folgen ihnen."

#: steerco/apps/planning/changes.py
msgid "You said to leave it out."
msgstr "Auf Ihren Wunsch weggelassen."

#: steerco/apps/planning/changes.py steerco/kit/imports/planning.py
msgid "You may not add entries here."
msgstr "Sie dürfen hier keine Einträge anlegen."

#: steerco/apps/planning/changes.py
msgid "Its milestone was deleted here, or you may not see it."
msgstr "Der Meilenstein dazu wurde hier gelöscht, oder Sie dürfen ihn nicht sehen."

#: steerco/apps/planning/changes.py
msgid "It was dropped here: it stays as it is."
msgstr "Er wurde hier fallen gelassen: er bleibt, wie er ist."

#: steerco/apps/planning/changes.py
msgid "The plan no longer marks it as a milestone; it is followed all the same."
msgstr "Der Plan kennzeichnet ihn nicht mehr als Meilenstein; er wird trotzdem weiter verfolgt."

#: steerco/apps/planning/changes.py
#, python-format
msgid "The baseline in the plan is %(theirs)s; the one agreed here stays."
msgstr "Der Basisplantermin im Plan ist %(theirs)s; der hier vereinbarte bleibt."

#: steerco/apps/planning/changes.py
#, python-format
msgid "Changed here since: the last revision said %(day)s."
msgstr "Seither hier geändert: die letzte Revision sagte %(day)s."

#: steerco/apps/planning/changes.py
msgid "The plan has no date for it."
msgstr "Der Plan hat keinen Termin dafür."

#: steerco/apps/planning/changes.py
msgid "The baseline was taken from the plan: there was none here."
msgstr "Der Basisplantermin kam aus dem Plan: hier gab es keinen."

#: steerco/apps/planning/changes.py
msgid "It was reached here; the plan does not say so yet."
msgstr "Er wurde hier erreicht; der Plan sagt das noch nicht."

#: steerco/apps/planning/changes.py
msgid "It was gone from the plan before."
msgstr "Er stand schon vorher nicht mehr im Plan."

#: steerco/apps/planning/measures.py
#, python-format
msgid "It is forecast %(late)s late and nobody set a tolerance."
msgstr "Er wird %(late)s zu spät erwartet, und niemand hat eine Toleranz gesetzt."

#: steerco/apps/planning/measures.py
#, python-format
msgid "It is forecast %(late)s late; the tolerance is %(limit)s."
msgstr "Er wird %(late)s zu spät erwartet; die Toleranz ist %(limit)s."

#: steerco/apps/planning/measures.py
msgid "Milestone beyond the tolerance"
msgstr "Meilenstein außerhalb der Toleranz"

#: steerco/apps/planning/measures.py
msgid "The latest board, gate, contract or payment milestone is later than the tolerance allows"
msgstr "Der späteste Meilenstein für Gremium, Phasenfreigabe, Vertrag oder Zahlung ist später, als die Toleranz erlaubt"

#: steerco/apps/planning/measures.py
msgid "Milestone late, without a tolerance"
msgstr "Meilenstein zu spät, ohne Toleranz"

#: steerco/apps/planning/measures.py
#, python-format
msgid "The latest board, gate, contract or payment milestone is more than %(days)s late, without a tolerance"
msgstr "Der späteste Meilenstein für Gremium, Phasenfreigabe, Vertrag oder Zahlung ist mehr als %(days)s zu spät, ohne Toleranz"

#: steerco/apps/planning/measures.py
msgid "Gate late, without a tolerance"
msgstr "Phasenfreigabe zu spät, ohne Toleranz"

#: steerco/apps/planning/measures.py
msgid "A gate is forecast late and nobody set a tolerance"
msgstr "Eine Phasenfreigabe wird zu spät erwartet, und niemand hat eine Toleranz gesetzt"

#: steerco/apps/planning/milestones.py
msgid "The baseline was agreed: say why it moves."
msgstr "Der Basisplan ist vereinbart: sagen, warum er sich verschiebt."

#: steerco/apps/planning/milestones.py
msgid "The baseline was agreed: it moves by an approved change request, or by whoever may decide."
msgstr "Der Basisplan ist vereinbart: er verschiebt sich durch einen genehmigten Änderungsantrag oder durch jemanden, der entscheiden darf."

#: steerco/apps/planning/models.py steerco/apps/stakeholders/models.py
msgid "board"
msgstr "Lenkungsausschuss"

#: steerco/apps/planning/models.py
msgid "contract"
msgstr "Vertrag"

#: steerco/apps/planning/models.py
msgid "payment"
msgstr "Zahlung"

#: steerco/apps/planning/models.py
msgid "team"
msgstr "Team"

#: steerco/apps/planning/models.py
msgid "tier"
msgstr "Ebene"

#: steerco/apps/planning/models.py
msgid "milestones"
msgstr "Meilensteine"

#: steerco/apps/planning/models.py
msgid "being read"
msgstr "wird gelesen"

#: steerco/apps/planning/models.py
msgid "cannot be read"
msgstr "nicht lesbar"

#: steerco/apps/planning/models.py
msgid "not taken yet"
msgstr "noch nicht übernommen"

#: steerco/apps/planning/models.py
msgid "taken"
msgstr "übernommen"

#: steerco/apps/planning/models.py
msgid "plan"
msgstr "Plan"

#: steerco/apps/planning/models.py
msgid "revision"
msgstr "Revision"

#: steerco/apps/planning/models.py
msgid "status date of the plan"
msgstr "Statusdatum des Plans"

#: steerco/apps/planning/models.py
msgid "revision of a plan"
msgstr "Revision eines Plans"

#: steerco/apps/planning/models.py
msgid "revisions of plans"
msgstr "Revisionen von Plänen"

#: steerco/apps/planning/panels.py
#: steerco/apps/planning/templates/planning/_next.html
#: steerco/exchange/packs/labels.py
msgid "Next milestones"
msgstr "Nächste Meilensteine"

#: steerco/apps/planning/plan_panels.py
msgid "What moved since the last plan"
msgstr "Was sich seit dem letzten Plan bewegt hat"

#: steerco/apps/planning/plan_panels.py
msgid "Bring a plan"
msgstr "Plan einbringen"

#: steerco/apps/planning/registers.py steerco/exchange/packs/labels.py
msgid "Milestones"
msgstr "Meilensteine"

#: steerco/apps/planning/registers.py
msgid "The points that a plan must reach: agreed, expected now, reached."
msgstr "Die Punkte, die ein Plan erreichen muss: vereinbart, jetzt erwartet, erreicht."

#: steerco/apps/planning/registers.py
#: steerco/apps/planning/templates/planning/_choice.html
msgid "Who looks at it: the board, a gate, a contract, a payment, the team."
msgstr "Wer darauf schaut: Lenkungsausschuss, Phasenfreigabe, Vertrag, Zahlung, Team."

#: steerco/apps/planning/registers.py
msgid "The date that was agreed. From then on it moves by an approved change, or by whoever may decide."
msgstr "Das vereinbarte Datum. Danach verschiebt es sich durch eine genehmigte Änderung oder durch jemanden, der entscheiden darf."

#: steerco/apps/planning/registers.py
msgid "The date on which it was reached."
msgstr "Das Datum, an dem er erreicht wurde."

#: steerco/apps/planning/registers.py
#: steerco/apps/planning/templates/planning/_next.html
msgid "Days late"
msgstr "Tage Verzug"

#: steerco/apps/planning/registers.py
msgid "Expected against the baseline, calendar days."
msgstr "Erwartet gegenüber dem Basisplan, Kalendertage."

#: steerco/apps/planning/registers.py
msgid "Gates"
msgstr "Phasenfreigaben"

#: steerco/apps/planning/registers.py
msgid "Board"
msgstr "Lenkungsausschuss"

#: steerco/apps/planning/services.py
msgid "Choose a file: this one is empty."
msgstr "Bitte eine Datei wählen: diese ist leer."

#: steerco/apps/planning/services.py steerco/exchange/schedule/formats.py
#: steerco/kit/imports/confinement.py
#, python-format
msgid "The file is larger than %(size)s MB: split it."
msgstr "Die Datei ist größer als %(size)s MB: bitte aufteilen."

#: steerco/apps/planning/services.py
msgid "The plan holds no tasks."
msgstr "Der Plan enthält keine Vorgänge."

#: steerco/apps/planning/services.py
#, python-format
msgid "Line %(row)s: %(message)s"
msgstr "Zeile %(row)s: %(message)s"

#: steerco/apps/planning/services.py
msgid "This plan is over."
msgstr "Dieser Plan ist abgeschlossen."

#: steerco/apps/planning/services.py
msgid "Say first which of the plans in the file is meant."
msgstr "Bitte zuerst sagen, welcher der Pläne in der Datei gemeint ist."

#: steerco/apps/planning/services.py
#, python-format
msgid "%(number)s tasks would become milestones, more than %(most)s: choose fewer."
msgstr "%(number)s Vorgänge würden zu Meilensteinen, mehr als %(most)s: bitte weniger wählen."

#: steerco/apps/planning/services.py
msgid "The file cannot be kept: there is no more room for files."
msgstr "Die Datei kann nicht aufbewahrt werden: es ist kein Platz für Dateien mehr."

#: steerco/apps/planning/services.py
msgid "The file cannot be kept: it is not what its name says."
msgstr "Die Datei kann nicht aufbewahrt werden: sie ist nicht, was ihr Name sagt."

#: steerco/apps/planning/services.py
msgid "A later revision of this plan stands on it: undo that one first."
msgstr "Eine spätere Revision dieses Plans baut darauf auf: bitte diese zuerst rückgängig machen."

#: steerco/apps/planning/services.py
msgid "Give it a name."
msgstr "Bitte einen Namen geben."

#: steerco/apps/planning/showing.py
#, python-format
msgid "It is: %(title)s"
msgstr "Es ist: %(title)s"

#: steerco/apps/planning/showing.py
msgid "It is a new one"
msgstr "Es ist ein neuer"

#: steerco/apps/planning/showing.py
msgid "Leave it out"
msgstr "Weglassen"

#: steerco/apps/planning/states.py
#: steerco/apps/planning/templates/planning/_rows.html
msgid "reached"
msgstr "erreicht"

#: steerco/apps/planning/states.py
msgid "Reached"
msgstr "Erreicht"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "1. Which tasks become milestones"
msgstr "1. Welche Vorgänge zu Meilensteinen werden"

#: steerco/apps/planning/templates/planning/_choice.html
#, python-format
msgid "%(n)s task read."
msgid_plural "%(n)s tasks read."
msgstr[0] "%(n)s Vorgang gelesen."
msgstr[1] "%(n)s Vorgänge gelesen."

#: steerco/apps/planning/templates/planning/_choice.html
#: steerco/apps/planning/templates/planning/taken.html
msgid "Status date"
msgstr "Statusdatum"

#: steerco/apps/planning/templates/planning/_choice.html
#, python-format
msgid "Compared with revision %(number)s, %(day)s"
msgstr "Verglichen mit Revision %(number)s, %(day)s"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "It is the very same file."
msgstr "Es ist genau dieselbe Datei."

#: steerco/apps/planning/templates/planning/_choice.html
msgid "It is the first revision of this plan."
msgstr "Es ist die erste Revision dieses Plans."

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Which of the plans in the file"
msgstr "Welcher der Pläne in der Datei"

#: steerco/apps/planning/templates/planning/_choice.html
#: steerco/apps/planning/templates/planning/revision.html
msgid "— say which —"
msgstr "— bitte angeben —"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Tasks"
msgstr "Vorgänge"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "those that the plan marks as milestones"
msgstr "die der Plan als Meilensteine kennzeichnet"

#: steerco/apps/planning/templates/planning/_choice.html
#, python-format
msgid "all of outline level %(n)s"
msgstr "alle der Gliederungsebene %(n)s"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "and those whose own field"
msgstr "und die, deren eigenes Feld"

#: steerco/apps/planning/templates/planning/_choice.html
#: steerco/apps/raid/models/assumptions.py
msgid "holds"
msgstr "enthält"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "anything but no"
msgstr "alles außer Nein"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Tier of new ones"
msgstr "Stufe der neuen"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "take today’s dates as the baseline of new ones where the plan has none"
msgstr "heutige Termine als Basisplantermine der neuen nehmen, wo der Plan keine hat"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "What the columns are"
msgstr "Was die Spalten sind"

#: steerco/apps/planning/templates/planning/_choice.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "Name of the plan"
msgstr "Name des Plans"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Letters are written in"
msgstr "Zeichensatz"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "as recognised"
msgstr "wie erkannt"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Use a kept choice"
msgstr "Gemerkte Auswahl verwenden"

#: steerco/apps/planning/templates/planning/_choice.html
msgid "Keep the choice as"
msgstr "Auswahl merken als"

#: steerco/apps/planning/templates/planning/_crumbs.html
#: steerco/apps/planning/templates/planning/plans.html
msgid "Plans"
msgstr "Pläne"

#: steerco/apps/planning/templates/planning/_moved.html
#: steerco/apps/planning/templates/planning/taken.html
#, python-format
msgid "revision %(n)s"
msgstr "Revision %(n)s"

#: steerco/apps/planning/templates/planning/_next.html
msgid "past their date and not reached"
msgstr "Datum verstrichen und nicht erreicht"

#: steerco/apps/planning/templates/planning/_next.html
#: steerco/exchange/packs/labels.py
msgid "Tier"
msgstr "Ebene"

#: steerco/apps/planning/templates/planning/_next.html
#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/exchange/packs/labels.py
msgid "Baseline"
msgstr "Basisplan"

#: steerco/apps/planning/templates/planning/_next.html
#, python-format
msgid "%(count)s milestone ahead"
msgid_plural "All %(count)s milestones ahead"
msgstr[0] "%(count)s Meilenstein voraus"
msgstr[1] "Alle %(count)s Meilensteine voraus"

#: steerco/apps/planning/templates/planning/_reading.html
msgid "The plan is being read. This takes a few seconds."
msgstr "Der Plan wird gelesen. Das dauert einige Sekunden."

#: steerco/apps/planning/templates/planning/_reading.html
#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Progress"
msgstr "Fortschritt"

#: steerco/apps/planning/templates/planning/_rows.html
#: steerco/kit/imports/templates/imports/run.html
msgid "What happens"
msgstr "Was geschieht"

#: steerco/apps/planning/templates/planning/_rows.html
msgid "Remarks"
msgstr "Bemerkungen"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Bring the next revision"
msgstr "Nächste Revision einbringen"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Bring your plan"
msgstr "Ihren Plan einbringen"

#: steerco/apps/planning/templates/planning/plans.html
msgid "The milestones of the initiative follow the dates that your plan holds. You see what would move before anything is written, and can undo it."
msgstr "Die Meilensteine des Vorhabens folgen den Terminen Ihres Plans. Sie sehen, was sich bewegen würde, bevor etwas geschrieben wird, und können es rückgängig machen."

#: steerco/apps/planning/templates/planning/plans.html
msgid "Microsoft Project (MPP, XML), Primavera (XER, XML), Excel or CSV, up to 50 MB."
msgstr "Microsoft Project (MPP, XML), Primavera (XER, XML), Excel oder CSV, bis 50 MB."

#: steerco/apps/planning/templates/planning/plans.html
msgid "It is the next revision of"
msgstr "Es ist die nächste Revision von"

#: steerco/apps/planning/templates/planning/plans.html
msgid "another plan"
msgstr "ein anderer Plan"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Name of the other plan"
msgstr "Name des anderen Plans"

#: steerco/apps/planning/templates/planning/plans.html
msgid "as the file is called"
msgstr "wie die Datei heißt"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Revisions so far"
msgstr "Bisherige Revisionen"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Plan"
msgstr "Plan"

#: steerco/apps/planning/templates/planning/plans.html
msgid "Revision"
msgstr "Revision"

#: steerco/apps/planning/templates/planning/plans.html
#: steerco/apps/planning/templates/planning/taken.html
#: steerco/kit/imports/models.py
msgid "undone"
msgstr "zurückgenommen"

#: steerco/apps/planning/templates/planning/revision.html
#, python-format
msgid "%(n)s remark on the file"
msgid_plural "%(n)s remarks on the file"
msgstr[0] "%(n)s Bemerkung zur Datei"
msgstr[1] "%(n)s Bemerkungen zur Datei"

#: steerco/apps/planning/templates/planning/revision.html
msgid "The file holds several plans: say which of them is meant, and look again."
msgstr "Die Datei enthält mehrere Pläne: bitte sagen, welcher gemeint ist, und erneut ansehen."

#: steerco/apps/planning/templates/planning/revision.html
msgid "No task of the plan becomes a milestone: choose others above."
msgstr "Kein Vorgang des Plans wird zum Meilenstein: bitte oben andere wählen."

#: steerco/apps/planning/templates/planning/revision.html
msgid "What you leave open stays as it is, and is asked again next time."
msgstr "Was Sie offen lassen, bleibt, wie es ist, und wird beim nächsten Mal wieder gefragt."

#: steerco/apps/planning/templates/planning/revision.html
msgid "In the plan"
msgstr "Im Plan"

#: steerco/apps/planning/templates/planning/revision.html
msgid "Your answer"
msgstr "Ihre Antwort"

#: steerco/apps/planning/templates/planning/revision.html
msgid "What it would do"
msgstr "Was geschähe"

#: steerco/apps/planning/templates/planning/revision.html
#: steerco/apps/planning/templates/planning/taken.html
#, python-format
msgid "and %(more)s more; all are counted above."
msgstr "und %(more)s weitere; oben sind alle gezählt."

#: steerco/apps/planning/templates/planning/revision.html
#: steerco/apps/planning/templates/planning/taken.html
#, python-format
msgid "%(n)s unchanged"
msgid_plural "%(n)s unchanged"
msgstr[0] "%(n)s unverändert"
msgstr[1] "%(n)s unverändert"

#: steerco/apps/planning/templates/planning/revision.html
msgid "Take the plan"
msgstr "Plan übernehmen"

#: steerco/apps/planning/templates/planning/revision.html
msgid "Look again with these answers"
msgstr "Mit diesen Antworten erneut ansehen"

#: steerco/apps/planning/templates/planning/taken.html
#: steerco/kit/imports/templates/imports/run.html
#, python-format
msgid "Undone: %(restored)s restored, %(deleted)s deleted."
msgstr "Zurückgenommen: %(restored)s wiederhergestellt, %(deleted)s gelöscht."

#: steerco/apps/planning/templates/planning/taken.html
msgid "What it did"
msgstr "Was geschah"

#: steerco/apps/planning/views.py
msgid "You have too many jobs waiting: try again when some are done."
msgstr "Zu viele Ihrer Aufträge warten: bitte erneut versuchen, wenn einige fertig sind."

#: steerco/apps/planning/views.py
msgid "Dropped. Nothing was changed."
msgstr "Verworfen. Nichts wurde geändert."

#: steerco/apps/planning/views.py
#, python-format
msgid "Kept as “%(name)s”."
msgstr "Gemerkt als „%(name)s“."

#: steerco/apps/planning/views.py
msgid "Look at what your answers do, then take the plan."
msgstr "Bitte ansehen, was Ihre Antworten bewirken, dann den Plan übernehmen."

#: steerco/apps/planning/views.py
msgid "Something changed since you looked. Nothing was written: look again."
msgstr "Seit Sie nachgesehen haben, hat sich etwas geändert. Nichts wurde geschrieben: bitte erneut ansehen."

#: steerco/apps/planning/views.py
msgid "The milestones follow the plan now."
msgstr "Die Meilensteine folgen jetzt dem Plan."

#: steerco/apps/planning/views.py steerco/kit/imports/views/runs.py
#, python-format
msgid "Undone: %(restored)s restored, %(deleted)s deleted, %(kept)s left as they are."
msgstr "Zurückgenommen: %(restored)s wiederhergestellt, %(deleted)s gelöscht, %(kept)s unverändert gelassen."

#: steerco/apps/planning/wording.py
msgid "to be said"
msgstr "zu klären"

#: steerco/apps/planning/wording.py steerco/interfaces/cli/import_schedule.py
#: steerco/kit/imports/templates/imports/columns.html
#: steerco/kit/imports/templates/imports/run.html
msgid "left out"
msgstr "weggelassen"

#: steerco/apps/planning/wording.py
msgid "gone from the plan"
msgstr "nicht mehr im Plan"

#: steerco/apps/planning/wording.py
msgid "no longer done"
msgstr "nicht mehr erledigt"

#: steerco/apps/planning/wording.py steerco/interfaces/cli/import_schedule.py
msgid "moved"
msgstr "verschoben"

#: steerco/apps/planning/wording.py steerco/interfaces/cli/import_schedule.py
msgid "renamed"
msgstr "umbenannt"

#: steerco/apps/planning/wording.py
msgid "baseline added"
msgstr "Basisplantermin ergänzt"

#: steerco/apps/planning/wording.py
msgid "Name of the task"
msgstr "Name des Vorgangs"

#: steerco/apps/planning/wording.py
msgid "Finish"
msgstr "Ende"

#: steerco/apps/planning/wording.py
msgid "Baseline finish"
msgstr "Ende laut Basisplan"

#: steerco/apps/planning/wording.py
msgid "Actual finish"
msgstr "Tatsächliches Ende"

#: steerco/apps/planning/wording.py
msgid "Percent complete"
msgstr "Prozent abgeschlossen"

#: steerco/apps/planning/wording.py
msgid "Milestone (yes or no)"
msgstr "Meilenstein (ja oder nein)"

#: steerco/apps/planning/wording.py
msgid "Own number or code"
msgstr "Eigene Nummer oder Kürzel"

#: steerco/apps/planning/wording.py
msgid "Unique ID"
msgstr "Eindeutige Nummer"

#: steerco/apps/planning/wording.py
msgid "WBS"
msgstr "PSP-Code"

#: steerco/apps/planning/wording.py
msgid "Outline level"
msgstr "Gliederungsebene"

#: steerco/apps/planning/wording.py
msgid "Duration"
msgstr "Dauer"

#: steerco/apps/planning/wording.py
msgid "Baseline start"
msgstr "Anfang laut Basisplan"

#: steerco/apps/planning/wording.py
msgid "Actual start"
msgstr "Tatsächlicher Anfang"

#: steerco/apps/planning/wording.py
msgid "Deadline"
msgstr "Stichtag"

#: steerco/apps/raid/buttons.py
#: steerco/apps/raid/templates/raid/enterprise.html
msgid "As a matrix"
msgstr "Als Matrix"

#: steerco/apps/raid/buttons.py
msgid "Over all initiatives"
msgstr "Über alle Vorhaben"

#: steerco/apps/raid/buttons.py
#: steerco/apps/raid/templates/raid/_dependencies.html
msgid "As a network"
msgstr "Als Netz"

#: steerco/apps/raid/buttons.py
msgid "As a board"
msgstr "Als Tafel"

#: steerco/apps/raid/causes.py
msgid "Words of the cause"
msgstr "Wörter der Ursache"

#: steerco/apps/raid/causes.py
msgid "Tag"
msgstr "Schlagwort"

#: steerco/apps/raid/causes.py
msgid "Outside organisation of the owner"
msgstr "Fremde Organisation des Verantwortlichen"

#: steerco/apps/raid/lesson_panels.py
msgid "Lessons that may help"
msgstr "Lehren, die helfen können"

#: steerco/apps/raid/lesson_panels.py
msgid "Where it is used"
msgstr "Wo sie genutzt wird"

#: steerco/apps/raid/lesson_panels.py
msgid "Lessons reused"
msgstr "Genutzte Lehren"

#: steerco/apps/raid/lesson_views.py
msgid "Useful here: the lesson is linked."
msgstr "Hier nützlich: Die Lehre ist verknüpft."

#: steerco/apps/raid/lesson_views.py
msgid "It is not suggested here any more."
msgstr "Sie wird hier nicht mehr vorgeschlagen."

#: steerco/apps/raid/lesson_views.py
msgid "Taken back."
msgstr "Zurückgenommen."

#: steerco/apps/raid/matrix.py
msgid "Before any response"
msgstr "Vor der Behandlung"

#: steerco/apps/raid/matrix.py
msgid "After the response"
msgstr "Nach der Behandlung"

#: steerco/apps/raid/measures.py
msgid "Risk: score"
msgstr "Risiko: Risikowert"

#: steerco/apps/raid/measures.py
#, python-format
msgid "A threat has a score of %(score)s or more"
msgstr "Eine Bedrohung hat einen Risikowert von %(score)s oder mehr"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Its score is %(score)s."
msgstr "Der Risikowert ist %(score)s."

#: steerco/apps/raid/measures.py
msgid "Risk: impact"
msgstr "Risiko: Auswirkung"

#: steerco/apps/raid/measures.py
#, python-format
msgid "A threat has an impact of %(impact)s or more"
msgstr "Eine Bedrohung hat eine Auswirkung von %(impact)s oder mehr"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Its impact is %(impact)s."
msgstr "Die Auswirkung ist %(impact)s."

#: steerco/apps/raid/measures.py
msgid "Risk beyond the tolerance"
msgstr "Risiko außerhalb der Toleranz"

#: steerco/apps/raid/measures.py
msgid "A threat scores more than the tolerance allows"
msgstr "Der Risikowert einer Bedrohung ist höher, als die Toleranz erlaubt"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Its score is %(score)s; the tolerance is %(limit)s."
msgstr "Der Risikowert ist %(score)s; die Toleranz ist %(limit)s."

#: steerco/apps/raid/measures.py
msgid "Risk beyond the appetite for its category"
msgstr "Risiko über der Risikobereitschaft seiner Kategorie"

#: steerco/apps/raid/measures.py
msgid "A threat scores more than the appetite for its category carries"
msgstr "Der Risikowert einer Bedrohung ist höher, als die Risikobereitschaft ihrer Kategorie trägt"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Its score is %(score)s; the appetite for its category is %(limit)s."
msgstr "Der Risikowert ist %(score)s; die Risikobereitschaft der Kategorie ist %(limit)s."

#: steerco/apps/raid/measures.py
msgid "Critical issue not acknowledged"
msgstr "Kritischer Offener Punkt nicht zur Kenntnis genommen"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Nobody has acknowledged a critical issue for %(days)s"
msgstr "Niemand hat einen kritischen Offenen Punkt seit %(days)s zur Kenntnis genommen"

#: steerco/apps/raid/measures.py
#, python-format
msgid "Nobody has acknowledged it for %(days)s."
msgstr "Niemand hat ihn seit %(days)s zur Kenntnis genommen."

#: steerco/apps/raid/measures.py steerco/apps/raid/registers/issues.py
#: steerco/apps/raid/reminders.py
msgid "Issue"
msgstr "Offener Punkt"

#: steerco/apps/raid/models/actions.py
msgid "original due date"
msgstr "ursprünglich fällig"

#: steerco/apps/raid/models/actions.py
msgid "done on"
msgstr "erledigt am"

#: steerco/apps/raid/models/actions.py
msgid "where it comes from"
msgstr "Herkunft"

#: steerco/apps/raid/models/actions.py steerco/apps/raid/models/issues.py
#: steerco/apps/raid/registers/issues.py
msgid "issue"
msgstr "Offener Punkt"

#: steerco/apps/raid/models/actions.py steerco/apps/raid/registers/actions.py
msgid "action"
msgstr "Maßnahme"

#: steerco/apps/raid/models/actions.py
msgid "actions"
msgstr "Maßnahmen"

#: steerco/apps/raid/models/appetite.py
msgid "what is carried"
msgstr "was getragen wird"

#: steerco/apps/raid/models/appetite.py
msgid "highest score"
msgstr "höchster Risikowert"

#: steerco/apps/raid/models/appetite.py
msgid "highest exposure"
msgstr "höchste Tragweite"

#: steerco/apps/raid/models/appetite.py
msgid "risk appetites"
msgstr "Risikobereitschaften"

#: steerco/apps/raid/models/appetite.py
msgid "Say the highest score, the highest exposure, or both."
msgstr "Geben Sie den höchsten Risikowert, die höchste Tragweite oder beides an."

#: steerco/apps/raid/models/assumptions.py
msgid "not known yet"
msgstr "noch nicht bekannt"

#: steerco/apps/raid/models/assumptions.py
msgid "false"
msgstr "trifft nicht zu"

#: steerco/apps/raid/models/assumptions.py
msgid "how it is validated"
msgstr "wie sie überprüft wird"

#: steerco/apps/raid/models/assumptions.py
msgid "validated on"
msgstr "überprüft am"

#: steerco/apps/raid/models/assumptions.py
msgid "impact if it is false"
msgstr "Auswirkung, wenn sie nicht zutrifft"

#: steerco/apps/raid/models/assumptions.py
#: steerco/apps/raid/models/conflicts.py
#: steerco/apps/raid/models/dependencies.py steerco/apps/raid/models/issues.py
#: steerco/apps/raid/models/obstacles.py
msgid "raised on"
msgstr "gemeldet am"

#: steerco/apps/raid/models/assumptions.py
msgid "review on"
msgstr "überprüfen am"

#: steerco/apps/raid/models/assumptions.py
#: steerco/apps/raid/registers/assumptions.py
msgid "assumption"
msgstr "Annahme"

#: steerco/apps/raid/models/assumptions.py
msgid "assumptions"
msgstr "Annahmen"

#: steerco/apps/raid/models/conflicts.py
msgid "dates"
msgstr "Termine"

#: steerco/apps/raid/models/conflicts.py
msgid "interface"
msgstr "Schnittstelle"

#: steerco/apps/raid/models/conflicts.py
msgid "the parties agreed"
msgstr "die Beteiligten haben sich geeinigt"

#: steerco/apps/raid/models/conflicts.py
msgid "by priority rank"
msgstr "nach Prioritätsrang"

#: steerco/apps/raid/models/conflicts.py
msgid "by decision"
msgstr "durch Entscheidung"

#: steerco/apps/raid/models/conflicts.py
msgid "other party"
msgstr "andere Seite"

#: steerco/apps/raid/models/conflicts.py
msgid "further parties"
msgstr "weitere Beteiligte"

#: steerco/apps/raid/models/conflicts.py
msgid "resolve by"
msgstr "zu lösen bis"

#: steerco/apps/raid/models/conflicts.py steerco/apps/raid/states.py
msgid "resolved"
msgstr "gelöst"

#: steerco/apps/raid/models/conflicts.py
msgid "resolved on"
msgstr "gelöst am"

#: steerco/apps/raid/models/conflicts.py
#: steerco/apps/raid/registers/conflicts.py
msgid "conflict"
msgstr "Konflikt"

#: steerco/apps/raid/models/conflicts.py
msgid "conflicts"
msgstr "Konflikte"

#: steerco/apps/raid/models/conflicts.py
msgid "Name another initiative: this one is a party already."
msgstr "Bitte ein anderes Vorhaben nennen: Dieses ist schon beteiligt."

#: steerco/apps/raid/models/contingency.py
msgid "set aside"
msgstr "zurückgelegt"

#: steerco/apps/raid/models/contingency.py
msgid "drawdown"
msgstr "Entnahme"

#: steerco/apps/raid/models/contingency.py
msgid "given back"
msgstr "zurückgegeben"

#: steerco/apps/raid/models/contingency.py
msgid "what"
msgstr "was"

#: steerco/apps/raid/models/contingency.py
msgid "decided by"
msgstr "entschieden von"

#: steerco/apps/raid/models/contingency.py
msgid "contingency movement"
msgstr "Bewegung der Reserve"

#: steerco/apps/raid/models/contingency.py
msgid "contingency movements"
msgstr "Bewegungen der Reserve"

#: steerco/apps/raid/models/contingency.py
msgid "Say how much money or how many days."
msgstr "Bitte sagen, wie viel Geld oder wie viele Tage."

#: steerco/apps/raid/models/contingency.py
msgid "Say which currency."
msgstr "Bitte die Währung nennen."

#: steerco/apps/raid/models/dependencies.py
msgid "giver"
msgstr "Geber"

#: steerco/apps/raid/models/dependencies.py
msgid "owner at the giver"
msgstr "verantwortlich beim Geber"

#: steerco/apps/raid/models/dependencies.py
msgid "giver outside the portfolio"
msgstr "Geber außerhalb des Portfolios"

#: steerco/apps/raid/models/dependencies.py
msgid "need by"
msgstr "benötigt bis"

#: steerco/apps/raid/models/dependencies.py
msgid "days to spare"
msgstr "Tage Luft"

#: steerco/apps/raid/models/dependencies.py
msgid "agreed by the giver"
msgstr "vom Geber zugesagt"

#: steerco/apps/raid/models/dependencies.py
msgid "dependency"
msgstr "Abhängigkeit"

#: steerco/apps/raid/models/dependencies.py
msgid "dependencies"
msgstr "Abhängigkeiten"

#: steerco/apps/raid/models/dependencies.py
msgid "Name another initiative: this one is the receiver."
msgstr "Bitte ein anderes Vorhaben nennen: Dieses ist der Empfänger."

#: steerco/apps/raid/models/issues.py
msgid "problem or concern"
msgstr "Problem oder Bedenken"

#: steerco/apps/raid/models/issues.py
msgid "external event"
msgstr "externes Ereignis"

#: steerco/apps/raid/models/issues.py
msgid "business opportunity"
msgstr "geschäftliche Chance"

#: steerco/apps/raid/models/issues.py
msgid "off-specification"
msgstr "Spezifikationsabweichung"

#: steerco/apps/raid/models/issues.py
msgid "severity"
msgstr "Schweregrad"

#: steerco/apps/raid/models/issues.py
msgid "recommended action"
msgstr "empfohlenes Vorgehen"

#: steerco/apps/raid/models/issues.py
msgid "resolution"
msgstr "Lösung"

#: steerco/apps/raid/models/issues.py
msgid "closed on"
msgstr "geschlossen am"

#: steerco/apps/raid/models/issues.py
msgid "issues"
msgstr "Offene Punkte"

#: steerco/apps/raid/models/lessons.py
msgid "went well: do it again"
msgstr "lief gut: wieder so machen"

#: steerco/apps/raid/models/lessons.py
msgid "went badly: avoid it"
msgstr "lief schlecht: vermeiden"

#: steerco/apps/raid/models/lessons.py
msgid "nearly went badly"
msgstr "wäre fast schiefgegangen"

#: steerco/apps/raid/models/lessons.py
msgid "planning and estimating"
msgstr "Planung und Schätzung"

#: steerco/apps/raid/models/lessons.py
msgid "scope and requirements"
msgstr "Umfang und Anforderungen"

#: steerco/apps/raid/models/lessons.py
msgid "quality and testing"
msgstr "Qualität und Test"

#: steerco/apps/raid/models/lessons.py
msgid "people and skills"
msgstr "Personal und Können"

#: steerco/apps/raid/models/lessons.py
msgid "suppliers and contracts"
msgstr "Lieferanten und Verträge"

#: steerco/apps/raid/models/lessons.py
msgid "governance and decisions"
msgstr "Steuerung und Entscheidungen"

#: steerco/apps/raid/models/lessons.py
msgid "communication and stakeholders"
msgstr "Kommunikation und Stakeholder"

#: steerco/apps/raid/models/lessons.py steerco/apps/raid/models/risks.py
msgid "technical"
msgstr "Technik"

#: steerco/apps/raid/models/lessons.py
msgid "money"
msgstr "Geld"

#: steerco/apps/raid/models/lessons.py
msgid "what happened"
msgstr "was geschah"

#: steerco/apps/raid/models/lessons.py steerco/apps/raid/models/risks.py
msgid "effect"
msgstr "Wirkung"

#: steerco/apps/raid/models/lessons.py steerco/apps/raid/models/risks.py
msgid "cause"
msgstr "Ursache"

#: steerco/apps/raid/models/lessons.py
msgid "keywords"
msgstr "Schlagwörter"

#: steerco/apps/raid/models/lessons.py
msgid "supplier"
msgstr "Lieferant"

#: steerco/apps/raid/models/lessons.py
msgid "embedded in"
msgstr "verankert in"

#: steerco/apps/raid/models/lessons.py
msgid "embedded on"
msgstr "verankert am"

#: steerco/apps/raid/models/lessons.py
msgid "noted on"
msgstr "notiert am"

#: steerco/apps/raid/models/lessons.py
msgid "lessons"
msgstr "Lehren"

#: steerco/apps/raid/models/lessons.py
msgid "use of a lesson"
msgstr "Nutzung einer Lehre"

#: steerco/apps/raid/models/lessons.py
msgid "uses of lessons"
msgstr "Nutzungen von Lehren"

#: steerco/apps/raid/models/obstacles.py
msgid "what it stops"
msgstr "was es aufhält"

#: steerco/apps/raid/models/obstacles.py
msgid "what would help"
msgstr "was helfen würde"

#: steerco/apps/raid/models/obstacles.py
#: steerco/apps/raid/templates/raid/board.html
msgid "raised by"
msgstr "gemeldet von"

#: steerco/apps/raid/models/obstacles.py
#: steerco/apps/raid/templates/raid/board.html
msgid "must be gone by"
msgstr "muss weg sein bis"

#: steerco/apps/raid/models/obstacles.py
msgid "removed on"
msgstr "beseitigt am"

#: steerco/apps/raid/models/obstacles.py
msgid "how it was removed"
msgstr "wie es beseitigt wurde"

#: steerco/apps/raid/models/obstacles.py
#: steerco/apps/raid/registers/obstacles.py
msgid "obstacle"
msgstr "Hindernis"

#: steerco/apps/raid/models/obstacles.py
msgid "obstacles"
msgstr "Hindernisse"

#: steerco/apps/raid/models/risks.py
msgid "threat"
msgstr "Bedrohung"

#: steerco/apps/raid/models/risks.py
msgid "opportunity"
msgstr "Chance"

#: steerco/apps/raid/models/risks.py
msgid "delivery"
msgstr "Umsetzung"

#: steerco/apps/raid/models/risks.py
msgid "commercial and suppliers"
msgstr "Kaufmännisches und Lieferanten"

#: steerco/apps/raid/models/risks.py
msgid "financial"
msgstr "Finanzen"

#: steerco/apps/raid/models/risks.py
msgid "people and resources"
msgstr "Personal und Ressourcen"

#: steerco/apps/raid/models/risks.py steerco/apps/stakeholders/models.py
msgid "stakeholders"
msgstr "Interessengruppen"

#: steerco/apps/raid/models/risks.py
msgid "legal and regulatory"
msgstr "Recht und Regulierung"

#: steerco/apps/raid/models/risks.py
msgid "within a month"
msgstr "innerhalb eines Monats"

#: steerco/apps/raid/models/risks.py
msgid "within three months"
msgstr "innerhalb von drei Monaten"

#: steerco/apps/raid/models/risks.py
msgid "within a year"
msgstr "innerhalb eines Jahres"

#: steerco/apps/raid/models/risks.py
msgid "later"
msgstr "später"

#: steerco/apps/raid/models/risks.py
msgid "avoid"
msgstr "vermeiden"

#: steerco/apps/raid/models/risks.py
msgid "reduce"
msgstr "vermindern"

#: steerco/apps/raid/models/risks.py
msgid "transfer"
msgstr "übertragen"

#: steerco/apps/raid/models/risks.py
msgid "share"
msgstr "teilen"

#: steerco/apps/raid/models/risks.py
#: steerco/apps/reporting/registers_content.py
msgid "accept"
msgstr "akzeptieren"

#: steerco/apps/raid/models/risks.py
msgid "prepare contingency"
msgstr "Notfallplan vorbereiten"

#: steerco/apps/raid/models/risks.py
msgid "exploit"
msgstr "ausschöpfen"

#: steerco/apps/raid/models/risks.py
msgid "enhance"
msgstr "verstärken"

#: steerco/apps/raid/models/risks.py
msgid "reject"
msgstr "ablehnen"

#: steerco/apps/raid/models/risks.py
msgid "expired"
msgstr "abgelaufen"

#: steerco/apps/raid/models/risks.py
msgid "avoided"
msgstr "vermieden"

#: steerco/apps/raid/models/risks.py
msgid "merged with another"
msgstr "mit einem anderen zusammengeführt"

#: steerco/apps/raid/models/risks.py
msgid "it happened"
msgstr "eingetreten"

#: steerco/apps/raid/models/risks.py
msgid "threat or opportunity"
msgstr "Bedrohung oder Chance"

#: steerco/apps/raid/models/risks.py
msgid "probability before any response"
msgstr "Eintrittswahrscheinlichkeit vor der Behandlung"

#: steerco/apps/raid/models/risks.py
msgid "impact before any response"
msgstr "Auswirkung vor der Behandlung"

#: steerco/apps/raid/models/risks.py
msgid "probability now"
msgstr "Eintrittswahrscheinlichkeit jetzt"

#: steerco/apps/raid/models/risks.py
msgid "impact now"
msgstr "Auswirkung jetzt"

#: steerco/apps/raid/models/risks.py
msgid "target probability"
msgstr "angestrebte Eintrittswahrscheinlichkeit"

#: steerco/apps/raid/models/risks.py
msgid "target impact"
msgstr "angestrebte Auswirkung"

#: steerco/apps/raid/models/risks.py
msgid "score before"
msgstr "Risikowert vorher"

#: steerco/apps/raid/models/risks.py
msgid "score"
msgstr "Risikowert"

#: steerco/apps/raid/models/risks.py
msgid "target score"
msgstr "Ziel-Risikowert"

#: steerco/apps/raid/models/risks.py
msgid "proximity"
msgstr "zeitliche Nähe"

#: steerco/apps/raid/models/risks.py
msgid "response"
msgstr "Behandlung"

#: steerco/apps/raid/models/risks.py
msgid "what we do about it"
msgstr "was wir dagegen oder dafür tun"

#: steerco/apps/raid/models/risks.py
msgid "exposure"
msgstr "Tragweite"

#: steerco/apps/raid/models/risks.py
msgid "cost of the response"
msgstr "Kosten der Behandlung"

#: steerco/apps/raid/models/risks.py
msgid "exposure, working days"
msgstr "Tragweite, Arbeitstage"

#: steerco/apps/raid/models/risks.py
msgid "identified on"
msgstr "erkannt am"

#: steerco/apps/raid/models/risks.py
msgid "next review"
msgstr "nächste Überprüfung"

#: steerco/apps/raid/models/risks.py
msgid "last reviewed"
msgstr "zuletzt überprüft"

#: steerco/apps/raid/models/risks.py
msgid "may happen from"
msgstr "kann eintreten ab"

#: steerco/apps/raid/models/risks.py
msgid "closed because"
msgstr "geschlossen, weil"

#: steerco/apps/raid/models/risks.py
msgid "risks"
msgstr "Risiken"

#: steerco/apps/raid/network.py
#, python-format
msgid "%(drawn)s of %(count)s open dependency, from the giver on the left to the receiver on the right."
msgid_plural "%(drawn)s of %(count)s open dependencies, from the giver on the left to the receiver on the right."
msgstr[0] "%(drawn)s von %(count)s offenen Abhängigkeit, vom Geber links zum Empfänger rechts."
msgstr[1] "%(drawn)s von %(count)s offenen Abhängigkeiten, vom Geber links zum Empfänger rechts."

#: steerco/apps/raid/network.py
#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/network.html steerco/site/navigation.py
msgid "Dependency network"
msgstr "Netz der Abhängigkeiten"

#: steerco/apps/raid/network.py
msgid "outside the portfolio"
msgstr "außerhalb des Portfolios"

#: steerco/apps/raid/openings.py
msgid "It happened"
msgstr "Es ist eingetreten"

#: steerco/apps/raid/openings.py
msgid "It is false: open a risk"
msgstr "Sie trifft nicht zu: Risiko eröffnen"

#: steerco/apps/raid/panels.py
msgid "We need"
msgstr "Wir brauchen"

#: steerco/apps/raid/panels.py
msgid "Others need of us"
msgstr "Andere brauchen von uns"

#: steerco/apps/raid/panels.py steerco/apps/raid/templates/raid/matrix.html
msgid "Risk matrix"
msgstr "Risikomatrix"

#: steerco/apps/raid/panels.py steerco/apps/raid/templates/raid/_due.html
msgid "Issues and actions due"
msgstr "Fällige Offene Punkte und Maßnahmen"

#: steerco/apps/raid/panels.py
msgid "To decide and review"
msgstr "Zu entscheiden und zu überprüfen"

#: steerco/apps/raid/panels.py steerco/apps/raid/templates/raid/_places.html
msgid "My initiatives"
msgstr "Meine Vorhaben"

#: steerco/apps/raid/panels.py steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/templates/raid/network.html
msgid "Dependencies"
msgstr "Abhängigkeiten"

#: steerco/apps/raid/panels.py steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "Open conflicts"
msgstr "Offene Konflikte"

#: steerco/apps/raid/raising.py
#, python-format
msgid "Common cause: %(what)s"
msgstr "Gemeinsame Ursache: %(what)s"

#: steerco/apps/raid/registers/actions.py
msgid "Actions"
msgstr "Maßnahmen"

#: steerco/apps/raid/registers/actions.py
msgid "Who does what by when."
msgstr "Wer macht was bis wann."

#: steerco/apps/raid/registers/appetites.py
#, python-format
msgid "one threat up to %(amount)s"
msgstr "eine Bedrohung bis %(amount)s"

#: steerco/apps/raid/registers/appetites.py
msgid "Risk appetite"
msgstr "Risikobereitschaft"

#: steerco/apps/raid/registers/appetites.py
msgid "Risk appetites"
msgstr "Risikobereitschaften"

#: steerco/apps/raid/registers/appetites.py
msgid "How big one threat of a category may be and still be carried. What is set on an initiative holds for everything below it that has none of its own; without an initiative it holds in the whole organisation."
msgstr "Wie groß eine einzelne Bedrohung einer Kategorie sein darf, um noch getragen zu werden. Was an einem Vorhaben gesetzt ist, gilt für alles darunter, das keine eigene hat; ohne Vorhaben gilt es in der ganzen Organisation."

#: steerco/apps/raid/registers/appetites.py
msgid "For example: delays of deliveries, up to what the reserve covers."
msgstr "Zum Beispiel: verspätete Lieferungen, soweit die Reserve sie deckt."

#: steerco/apps/raid/registers/appetites.py
msgid "The highest score of one threat that is still carried."
msgstr "Der höchste Risikowert einer Bedrohung, die noch getragen wird."

#: steerco/apps/raid/registers/appetites.py
msgid "The highest exposure of one threat that is still carried; other currencies do not count."
msgstr "Die höchste Tragweite einer Bedrohung, die noch getragen wird; andere Währungen zählen nicht."

#: steerco/apps/raid/registers/appetites.py
msgid "What is carried"
msgstr "Was getragen wird"

#: steerco/apps/raid/registers/appetites.py
#: steerco/apps/raid/registers/risks.py
msgid "How big"
msgstr "Wie groß"

#: steerco/apps/raid/registers/assumptions.py
msgid "Assumption"
msgstr "Annahme"

#: steerco/apps/raid/registers/assumptions.py steerco/kit/imports/views/runs.py
msgid "Assumptions"
msgstr "Annahmen"

#: steerco/apps/raid/registers/assumptions.py
msgid "What is taken as true until it is proven, and what it means if it is false."
msgstr "Was als wahr gilt, bis es erwiesen ist, und was es bedeutet, wenn es nicht zutrifft."

#: steerco/apps/raid/registers/assumptions.py
msgid "How it will be found out whether it is true."
msgstr "Wie herausgefunden wird, ob sie zutrifft."

#: steerco/apps/raid/registers/assumptions.py
msgid "Whether it holds. A false one opens a risk."
msgstr "Ob sie zutrifft. Eine falsche eröffnet ein Risiko."

#: steerco/apps/raid/registers/assumptions.py
msgid "What is assumed"
msgstr "Was angenommen wird"

#: steerco/apps/raid/registers/assumptions.py
msgid "Whether it is true"
msgstr "Ob es stimmt"

#: steerco/apps/raid/registers/assumptions.py
msgid "Not known yet"
msgstr "Noch nicht bekannt"

#: steerco/apps/raid/registers/assumptions.py
msgid "False"
msgstr "Trifft nicht zu"

#: steerco/apps/raid/registers/conflicts.py
#, python-format
msgid "%(first)s (rank %(one)s) before %(second)s (rank %(two)s)"
msgstr "%(first)s (Rang %(one)s) vor %(second)s (Rang %(two)s)"

#: steerco/apps/raid/registers/conflicts.py steerco/apps/raid/reminders.py
#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "Conflict"
msgstr "Konflikt"

#: steerco/apps/raid/registers/conflicts.py
msgid "Conflicts"
msgstr "Konflikte"

#: steerco/apps/raid/registers/conflicts.py
msgid "Where two initiatives want what only one can have, who resolves it, and how."
msgstr "Wo zwei Vorhaben wollen, was nur eines haben kann, wer es löst und wie."

#: steerco/apps/raid/registers/conflicts.py
msgid "one party"
msgstr "eine Seite"

#: steerco/apps/raid/registers/conflicts.py
msgid "by rank"
msgstr "nach Rang"

#: steerco/apps/raid/registers/conflicts.py
msgid "Which of the two has the better priority rank; 1 is the most important."
msgstr "Welches der beiden den besseren Prioritätsrang hat; 1 ist der wichtigste."

#: steerco/apps/raid/registers/conflicts.py
msgid "resolver"
msgstr "löst es"

#: steerco/apps/raid/registers/conflicts.py
msgid "Who sees to it that it is resolved."
msgstr "Wer dafür sorgt, dass er gelöst wird."

#: steerco/apps/raid/registers/conflicts.py
msgid "What the outcome rests on."
msgstr "Worauf das Ergebnis beruht."

#: steerco/apps/raid/registers/conflicts.py
msgid "What clashes"
msgstr "Was sich beißt"

#: steerco/apps/raid/registers/conflicts.py
msgid "How it was resolved"
msgstr "Wie er gelöst wurde"

#: steerco/apps/raid/registers/conflicts.py
msgid "About people"
msgstr "Um Personal"

#: steerco/apps/raid/registers/conflicts.py steerco/apps/raid/reminders.py
#: steerco/apps/raid/states.py
msgid "Resolved"
msgstr "Gelöst"

#: steerco/apps/raid/registers/contingency.py
msgid "Contingency movement"
msgstr "Bewegung der Reserve"

#: steerco/apps/raid/registers/contingency.py steerco/exchange/packs/labels.py
msgid "Contingency"
msgstr "Reserve"

#: steerco/apps/raid/registers/contingency.py
msgid "What is set aside for risks and every drawdown from it. A movement counts once it is approved."
msgstr "Was für Risiken zurückgelegt ist, und jede Entnahme daraus. Eine Bewegung zählt, sobald sie genehmigt ist."

#: steerco/apps/raid/registers/contingency.py
msgid "held by"
msgstr "gehalten von"

#: steerco/apps/raid/registers/contingency.py
msgid "The initiative that holds the contingency; the risk may stand elsewhere."
msgstr "Das Vorhaben, das die Reserve hält; das Risiko kann woanders stehen."

#: steerco/apps/raid/registers/contingency.py
msgid "Time that is set aside or used up, in working days."
msgstr "Zeit, die zurückgelegt oder verbraucht wird, in Arbeitstagen."

#: steerco/apps/raid/registers/contingency.py
msgid "asked for by"
msgstr "angefordert von"

#: steerco/apps/raid/registers/contingency.py
msgid "What is moved"
msgstr "Was bewegt wird"

#: steerco/apps/raid/registers/contingency.py
msgid "Drawdowns"
msgstr "Entnahmen"

#: steerco/apps/raid/registers/contingency.py
msgid "To decide"
msgstr "Zu entscheiden"

#: steerco/apps/raid/registers/contingency.py
#: steerco/apps/raid/registers/obstacles.py
#: steerco/apps/raid/registers/risks.py steerco/apps/stakeholders/registers.py
msgid "By initiative"
msgstr "Nach Vorhaben"

#: steerco/apps/raid/registers/dependencies.py
msgid "Red: refused, overdue, or forecast after the need-by date. Amber: no forecast, not agreed, or less than 10 working days to spare. Else green."
msgstr "Rot: abgelehnt, überfällig oder Prognose nach dem Bedarfsdatum. Gelb: keine Prognose, nicht zugesagt oder weniger als 10 Arbeitstage Luft. Sonst grün."

#: steerco/apps/raid/registers/dependencies.py
msgid "delivered in time"
msgstr "rechtzeitig geliefert"

#: steerco/apps/raid/registers/dependencies.py
#, python-format
msgid "delivered %d working day late"
msgid_plural "delivered %d working days late"
msgstr[0] "%d Arbeitstag zu spät geliefert"
msgstr[1] "%d Arbeitstage zu spät geliefert"

#: steerco/apps/raid/registers/dependencies.py
msgid "refused by the giver"
msgstr "vom Geber abgelehnt"

#: steerco/apps/raid/registers/dependencies.py
#, python-format
msgid "overdue by %d working day"
msgid_plural "overdue by %d working days"
msgstr[0] "%d Arbeitstag überfällig"
msgstr[1] "%d Arbeitstage überfällig"

#: steerco/apps/raid/registers/dependencies.py
#, python-format
msgid "forecast %d working day late"
msgid_plural "forecast %d working days late"
msgstr[0] "voraussichtlich %d Arbeitstag zu spät"
msgstr[1] "voraussichtlich %d Arbeitstage zu spät"

#: steerco/apps/raid/registers/dependencies.py
msgid "no forecast"
msgstr "ohne Prognose"

#: steerco/apps/raid/registers/dependencies.py
msgid "not agreed yet"
msgstr "noch nicht zugesagt"

#: steerco/apps/raid/registers/dependencies.py
#, python-format
msgid "%d working day to spare"
msgid_plural "%d working days to spare"
msgstr[0] "%d Arbeitstag Luft"
msgstr[1] "%d Arbeitstage Luft"

#: steerco/apps/raid/registers/dependencies.py
msgid "Dependency"
msgstr "Abhängigkeit"

#: steerco/apps/raid/registers/dependencies.py
msgid "What one initiative needs from another by a day, and whether the other has agreed."
msgstr "Was ein Vorhaben bis zu einem Tag von einem anderen braucht, und ob das andere zugesagt hat."

#: steerco/apps/raid/registers/dependencies.py
msgid "what is needed"
msgstr "was gebraucht wird"

#: steerco/apps/raid/registers/dependencies.py
msgid "receiver"
msgstr "Empfänger"

#: steerco/apps/raid/registers/dependencies.py
msgid "The initiative that needs it."
msgstr "Das Vorhaben, das es braucht."

#: steerco/apps/raid/registers/dependencies.py
msgid "owner at the receiver"
msgstr "verantwortlich beim Empfänger"

#: steerco/apps/raid/registers/dependencies.py
msgid "The initiative that gives it."
msgstr "Das Vorhaben, das es gibt."

#: steerco/apps/raid/registers/dependencies.py
msgid "Who answers for it at the giver, and is asked to agree."
msgstr "Wer beim Geber dafür einsteht und um Zusage gefragt wird."

#: steerco/apps/raid/registers/dependencies.py
msgid "Where the giver is no initiative here: a supplier, an authority."
msgstr "Wenn der Geber hier kein Vorhaben ist: ein Lieferant, eine Behörde."

#: steerco/apps/raid/registers/dependencies.py
msgid "When the giver expects to hand it over."
msgstr "Wann der Geber es zu übergeben erwartet."

#: steerco/apps/raid/registers/dependencies.py
msgid "Working days between the forecast and the need-by date; minus is late."
msgstr "Arbeitstage zwischen Prognose und Bedarfsdatum; minus heißt zu spät."

#: steerco/apps/raid/registers/dependencies.py
msgid "The giver says so: they are asked. Another need-by date is asked for again."
msgstr "Das sagt der Geber: Er wird gefragt. Ein anderes Bedarfsdatum wird neu gefragt."

#: steerco/apps/raid/registers/dependencies.py
msgid "What is needed"
msgstr "Was gebraucht wird"

#: steerco/apps/raid/registers/dependencies.py
msgid "Who gives it"
msgstr "Wer es gibt"

#: steerco/apps/raid/registers/dependencies.py
#: steerco/apps/raid/templates/raid/network.html
msgid "Agreed"
msgstr "Zugesagt"

#: steerco/apps/raid/registers/issues.py
#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "Issues"
msgstr "Offene Punkte"

#: steerco/apps/raid/registers/issues.py
msgid "What has happened and needs a response."
msgstr "Was eingetreten ist und eine Antwort braucht."

#: steerco/apps/raid/registers/issues.py
msgid "Way out"
msgstr "Lösungsweg"

#: steerco/apps/raid/registers/issues.py
msgid "Critical"
msgstr "Kritisch"

#: steerco/apps/raid/registers/lessons.py
msgid "Lesson"
msgstr "Lehre"

#: steerco/apps/raid/registers/lessons.py
msgid "What was learnt, and where it has become part of how we work."
msgstr "Was gelernt wurde, und wo es Teil der Arbeitsweise geworden ist."

#: steerco/apps/raid/registers/lessons.py
msgid "The standard, template, checklist or contract that says it now."
msgstr "Der Standard, die Vorlage, die Checkliste oder der Vertrag, wo es jetzt steht."

#: steerco/apps/raid/registers/lessons.py
#: steerco/apps/raid/templates/raid/_lesson_quarters.html
msgid "reused"
msgstr "genutzt"

#: steerco/apps/raid/registers/lessons.py
msgid "At how many records that you may read it is used."
msgstr "Bei wie vielen Einträgen, die Sie lesen dürfen, sie genutzt wird."

#: steerco/apps/raid/registers/lessons.py
msgid "What was learnt"
msgstr "Was gelernt wurde"

#: steerco/apps/raid/registers/lessons.py
msgid "What to do"
msgstr "Was zu tun ist"

#: steerco/apps/raid/registers/lessons.py
msgid "Went well"
msgstr "Lief gut"

#: steerco/apps/raid/registers/lessons.py
msgid "To embed"
msgstr "Zu verankern"

#: steerco/apps/raid/registers/lessons.py steerco/apps/raid/states.py
msgid "Embedded"
msgstr "Verankert"

#: steerco/apps/raid/registers/lessons.py
msgid "Most reused"
msgstr "Am häufigsten genutzt"

#: steerco/apps/raid/registers/lessons.py
msgid "By category"
msgstr "Nach Kategorie"

#: steerco/apps/raid/registers/obstacles.py steerco/apps/raid/reminders.py
msgid "Obstacle"
msgstr "Hindernis"

#: steerco/apps/raid/registers/obstacles.py
msgid "Obstacles"
msgstr "Hindernisse"

#: steerco/apps/raid/registers/obstacles.py
msgid "What stands in the way of a project manager and is for the director to remove."
msgstr "Was einer Projektleitung im Weg steht und von der Leitung des PMO zu beseitigen ist."

#: steerco/apps/raid/registers/obstacles.py
msgid "Who removes it: the director, unless another is named."
msgstr "Wer es beseitigt: die Leitung des PMO, wenn niemand anders genannt ist."

#: steerco/apps/raid/registers/obstacles.py
msgid "age, days"
msgstr "Alter in Tagen"

#: steerco/apps/raid/registers/obstacles.py
msgid "For how many days it stands in the way, or stood until it was removed."
msgstr "Seit wie vielen Tagen es im Weg steht, oder stand, bis es beseitigt war."

#: steerco/apps/raid/registers/obstacles.py
msgid "What stands in the way"
msgstr "Was im Weg steht"

#: steerco/apps/raid/registers/obstacles.py
msgid "How it went"
msgstr "Wie es ausging"

#: steerco/apps/raid/registers/risks.py
msgid "How likely it is, from 1 (very low) to 5 (very high)."
msgstr "Wie wahrscheinlich es ist, von 1 (sehr gering) bis 5 (sehr hoch)."

#: steerco/apps/raid/registers/risks.py
msgid "How much it would change, from 1 (very low) to 5 (very high)."
msgstr "Wie viel es ändern würde, von 1 (sehr gering) bis 5 (sehr hoch)."

#: steerco/apps/raid/registers/risks.py steerco/exchange/packs/labels.py
msgid "amber/red"
msgstr "gelb/rot"

#: steerco/apps/raid/registers/risks.py
#, python-format
msgid "%s days"
msgstr "%s Tage"

#: steerco/apps/raid/registers/risks.py
#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "Risks"
msgstr "Risiken"

#: steerco/apps/raid/registers/risks.py
msgid "What may happen, how bad it would be, and what is done about it. Scores are computed."
msgstr "Was eintreten kann, wie schlimm es wäre und was getan wird. Risikowerte werden errechnet."

#: steerco/apps/raid/registers/risks.py
msgid "Because of …"
msgstr "Wegen …"

#: steerco/apps/raid/registers/risks.py
msgid "… with the effect that …"
msgstr "… mit der Folge, dass …"

#: steerco/apps/raid/registers/risks.py
msgid "Probability × impact before any response."
msgstr "Wahrscheinlichkeit × Auswirkung vor der Behandlung."

#: steerco/apps/raid/registers/risks.py
msgid "Probability × impact now."
msgstr "Wahrscheinlichkeit × Auswirkung jetzt."

#: steerco/apps/raid/registers/risks.py
msgid "Probability × impact once the response has worked."
msgstr "Wahrscheinlichkeit × Auswirkung, sobald die Behandlung gewirkt hat."

#: steerco/apps/raid/registers/risks.py
msgid "How soon it may happen."
msgstr "Wie bald es eintreten kann."

#: steerco/apps/raid/registers/risks.py
msgid "What it would cost if it happened."
msgstr "Was es kosten würde, wenn es einträte."

#: steerco/apps/raid/registers/risks.py
msgid "By how much it would delay if it happened."
msgstr "Um wie viel es verzögern würde, wenn es einträte."

#: steerco/apps/raid/registers/risks.py
#: steerco/apps/raid/templates/raid/_reserve_of_list.html
msgid "expected value"
msgstr "Erwartungswert"

#: steerco/apps/raid/registers/risks.py
msgid "Exposure × the probability that its step stands for. It counts in the reserve."
msgstr "Tragweite × die Wahrscheinlichkeit, für die die Stufe steht. Er zählt in der Reserve."

#: steerco/apps/raid/registers/risks.py
msgid "What may happen"
msgstr "Was eintreten kann"

#: steerco/apps/raid/registers/risks.py
msgid "What we do"
msgstr "Was wir tun"

#: steerco/apps/raid/registers/risks.py
msgid "Opportunities"
msgstr "Chancen"

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Do you agree to give this by %(day)s? %(title)s"
msgstr "Sagen Sie zu, das bis %(day)s zu geben? %(title)s"

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Do you agree to give this? %(title)s"
msgstr "Sagen Sie zu, das zu geben? %(title)s"

#: steerco/apps/raid/reminders.py
msgid "So much is done"
msgstr "So viel ist getan"

#: steerco/apps/raid/reminders.py
msgid "You own this action."
msgstr "Diese Maßnahme gehört Ihnen."

#: steerco/apps/raid/reminders.py
msgid "You own this issue."
msgstr "Dieser offene Punkt gehört Ihnen."

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Resolve: %(title)s"
msgstr "Lösen: %(title)s"

#: steerco/apps/raid/reminders.py
msgid "Review of a risk"
msgstr "Prüfung eines Risikos"

#: steerco/apps/raid/reminders.py
msgid "You own this risk."
msgstr "Dieses Risiko gehört Ihnen."

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Is this risk still right? %(title)s"
msgstr "Stimmt dieses Risiko noch? %(title)s"

#: steerco/apps/raid/reminders.py
msgid "Review of an assumption"
msgstr "Prüfung einer Annahme"

#: steerco/apps/raid/reminders.py
msgid "You own this assumption."
msgstr "Diese Annahme gehört Ihnen."

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Does this still hold? %(title)s"
msgstr "Trifft das noch zu? %(title)s"

#: steerco/apps/raid/reminders.py
msgid "It is false"
msgstr "Sie trifft nicht zu"

#: steerco/apps/raid/reminders.py
msgid "Agreement to a dependency"
msgstr "Zusage zu einer Abhängigkeit"

#: steerco/apps/raid/reminders.py
msgid "You answer for what is to be given."
msgstr "Sie stehen für das ein, was zu geben ist."

#: steerco/apps/raid/reminders.py
msgid "I cannot promise it"
msgstr "Ich kann es nicht zusagen"

#: steerco/apps/raid/reminders.py
msgid "Delivery to another initiative"
msgstr "Lieferung an ein anderes Vorhaben"

#: steerco/apps/raid/reminders.py
msgid "You agreed to give this."
msgstr "Sie haben das zugesagt."

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Hand over: %(title)s"
msgstr "Übergeben: %(title)s"

#: steerco/apps/raid/reminders.py
msgid "You own this obstacle."
msgstr "Dieses Hindernis gehört Ihnen."

#: steerco/apps/raid/reminders.py
#, python-format
msgid "Remove: %(title)s"
msgstr "Beseitigen: %(title)s"

#: steerco/apps/raid/reminders.py
msgid "You are to resolve this conflict."
msgstr "Sie sollen diesen Konflikt lösen."

#: steerco/apps/raid/reminders.py
msgid "The parties agreed"
msgstr "Die Beteiligten haben sich geeinigt"

#: steerco/apps/raid/reminders.py
msgid "Resolved by priority rank"
msgstr "Nach Prioritätsrang gelöst"

#: steerco/apps/raid/reserve_panels.py
#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Risk reserve"
msgstr "Risikoreserve"

#: steerco/apps/raid/services.py
msgid "Only the giver says so: who may change records there, or the owner at the giver."
msgstr "Das sagt nur der Geber: wer dort Einträge ändern darf, oder die beim Geber verantwortliche Person."

#: steerco/apps/raid/services.py
msgid "More would be drawn than is set aside here, or more given back than was drawn."
msgstr "Es würde mehr entnommen, als hier zurückgelegt ist, oder mehr zurückgegeben, als entnommen wurde."

#: steerco/apps/raid/states.py
msgid "being treated"
msgstr "in Behandlung"

#: steerco/apps/raid/states.py
msgid "Start treating"
msgstr "Behandlung beginnen"

#: steerco/apps/raid/states.py
msgid "being worked on"
msgstr "in Arbeit"

#: steerco/apps/raid/states.py
msgid "waiting for a decision"
msgstr "wartet auf Entscheidung"

#: steerco/apps/raid/states.py
msgid "Ask for a decision"
msgstr "Entscheidung anfordern"

#: steerco/apps/raid/states.py
msgid "Cancel"
msgstr "Abbrechen"

#: steerco/apps/raid/states.py
msgid "received"
msgstr "angenommen"

#: steerco/apps/raid/states.py
msgid "Received"
msgstr "Angenommen"

#: steerco/apps/raid/states.py
msgid "Not as needed"
msgstr "Nicht wie gebraucht"

#: steerco/apps/raid/states.py
msgid "noted"
msgstr "notiert"

#: steerco/apps/raid/states.py
msgid "embedded"
msgstr "verankert"

#: steerco/apps/raid/states.py
msgid "Confirm"
msgstr "Bestätigen"

#: steerco/apps/raid/states.py
msgid "raised"
msgstr "gemeldet"

#: steerco/apps/raid/states.py
msgid "being removed"
msgstr "wird beseitigt"

#: steerco/apps/raid/states.py
msgid "removed"
msgstr "beseitigt"

#: steerco/apps/raid/states.py
msgid "Take it on"
msgstr "Übernehmen"

#: steerco/apps/raid/states.py
msgid "Refuse"
msgstr "Ablehnen"

#: steerco/apps/raid/states.py
msgid "Propose again"
msgstr "Erneut vorschlagen"

#: steerco/apps/raid/suggesting.py
#, python-format
msgid "same supplier: %s"
msgstr "gleicher Lieferant: %s"

#: steerco/apps/raid/suggesting.py
#, python-format
msgid "words: %s"
msgstr "Wörter: %s"

#: steerco/apps/raid/suggesting.py
#, python-format
msgid "same category: %s"
msgstr "gleiche Kategorie: %s"

#: steerco/apps/raid/suggesting.py
#, python-format
msgid "also from: %s"
msgstr "auch aus: %s"

#: steerco/apps/raid/suggesting.py
#, python-format
msgid "same type of initiative: %s"
msgstr "gleicher Typ von Vorhaben: %s"

#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "Resolve by"
msgstr "Zu lösen bis"

#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "Parties"
msgstr "Beteiligte"

#: steerco/apps/raid/templates/raid/_conflicts.html
#: steerco/exchange/packs/labels.py
msgid "Resolver"
msgstr "Löst es"

#: steerco/apps/raid/templates/raid/_decide.html
msgid "of your risks are due for review"
msgstr "Ihrer Risiken stehen zur Überprüfung an"

#: steerco/apps/raid/templates/raid/_dependencies.html
#: steerco/apps/raid/templates/raid/network.html
msgid "Need by"
msgstr "Benötigt bis"

#: steerco/apps/raid/templates/raid/_dependencies.html
msgid "Owner there"
msgstr "Dort verantwortlich"

#: steerco/apps/raid/templates/raid/_due.html
msgid "due within 30 days or overdue"
msgstr "binnen 30 Tagen fällig oder überfällig"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
#: steerco/apps/raid/templates/raid/enterprise.html
msgid "Appetite by category"
msgstr "Risikobereitschaft nach Kategorie"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "One threat may be"
msgstr "Eine Bedrohung darf sein"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Set at"
msgstr "Gesetzt an"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Threats"
msgstr "Bedrohungen"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Highest score"
msgstr "Höchster Risikowert"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Near"
msgstr "Nahe"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Over"
msgstr "Darüber"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "over the appetite"
msgstr "über der Bereitschaft"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "near the appetite"
msgstr "nahe an der Bereitschaft"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "in the appetite"
msgstr "innerhalb der Bereitschaft"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "none was set"
msgstr "keine gesetzt"

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Near: from four fifths of the threshold on. What is set nearest above a threat holds for it; an exposure counts in the currency of the threshold only."
msgstr "Nahe: ab vier Fünfteln der Schwelle. Für eine Bedrohung gilt, was am nächsten über ihr gesetzt ist; eine Tragweite zählt nur in der Währung der Schwelle."

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "No category has a threat or an appetite here."
msgstr "Keine Kategorie hat hier eine Bedrohung oder eine Bereitschaft."

#: steerco/apps/raid/templates/raid/_enterprise_appetite.html
msgid "Set an appetite"
msgstr "Risikobereitschaft setzen"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "What they share"
msgstr "Was sie teilen"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_reserve_lines.html
#: steerco/exchange/packs/labels.py
msgid "Exposure"
msgstr "Tragweite"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "Possible gain"
msgstr "Möglicher Gewinn"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "One risk above"
msgstr "Ein Risiko darüber"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
#: steerco/apps/raid/templates/raid/raise.html
msgid "Raise one risk above"
msgstr "Ein Risiko darüber anlegen"

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "No open risks or issues of several initiatives share a category, a tag, an outside organisation or the words of their cause."
msgstr "Keine offenen Risiken oder Offenen Punkte mehrerer Vorhaben teilen eine Kategorie, ein Schlagwort, eine fremde Organisation oder die Wörter ihrer Ursache."

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
#, python-format
msgid "Of the %(risks)s highest risks and the %(issues)s most urgent issues."
msgstr "Aus den %(risks)s höchsten Risiken und den %(issues)s dringendsten Offenen Punkten."

#: steerco/apps/raid/templates/raid/_enterprise_causes.html
msgid "A risk may stand in several groups: the sums of groups are not to be added."
msgstr "Ein Risiko kann in mehreren Gruppen stehen: Die Summen der Gruppen sind nicht zu addieren."

#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Response"
msgstr "Behandlung"

#: steerco/apps/raid/templates/raid/_enterprise_top.html
msgid "Next review"
msgstr "Nächste Überprüfung"

#: steerco/apps/raid/templates/raid/_enterprise_top.html
msgid "Days since last change"
msgstr "Tage seit der letzten Änderung"

#: steerco/apps/raid/templates/raid/_enterprise_top.html
msgid "By present score, then by exposure within a currency: amounts of two currencies are never compared."
msgstr "Nach jetzigem Risikowert, dann nach Tragweite innerhalb einer Währung: Beträge zweier Währungen werden nie verglichen."

#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/_top.html
#, python-format
msgid "All %(count)s open risk"
msgid_plural "All %(count)s open risks"
msgstr[0] "%(count)s offenes Risiko"
msgstr[1] "Alle %(count)s offenen Risiken"

#: steerco/apps/raid/templates/raid/_enterprise_top.html
#: steerco/apps/raid/templates/raid/board.html
msgid "None."
msgstr "Keine."

#: steerco/apps/raid/templates/raid/_grid.html
#, python-format
msgid "%(n)s is not rated."
msgid_plural "%(n)s are not rated."
msgstr[0] "%(n)s ist nicht bewertet."
msgstr[1] "%(n)s sind nicht bewertet."

#: steerco/apps/raid/templates/raid/_lesson_quarters.html
msgid "Quarter"
msgstr "Quartal"

#: steerco/apps/raid/templates/raid/_lesson_quarters.html
msgid "suggested"
msgstr "vorgeschlagen"

#: steerco/apps/raid/templates/raid/_lesson_quarters.html
msgid "not here"
msgstr "nicht hier"

#: steerco/apps/raid/templates/raid/_lesson_quarters.html
msgid "reused of suggested"
msgstr "genutzt von vorgeschlagen"

#: steerco/apps/raid/templates/raid/_lesson_uses.html
#, python-format
msgid "Used at %(n)s record."
msgid_plural "Used at %(n)s records."
msgstr[0] "Bei %(n)s Eintrag genutzt."
msgstr[1] "Bei %(n)s Einträgen genutzt."

#: steerco/apps/raid/templates/raid/_lesson_uses.html
msgid "Not used anywhere yet. Where it may help, it is suggested: at new risks and initiatives and at gates."
msgstr "Noch nirgends genutzt. Wo sie helfen kann, wird sie vorgeschlagen: bei neuen Risiken und Vorhaben und bei Phasenfreigaben."

#: steerco/apps/raid/templates/raid/_lesson_uses.html
msgid "Who said so"
msgstr "Wer es gesagt hat"

#: steerco/apps/raid/templates/raid/_lessons.html
#: steerco/apps/raid/templates/raid/_lessons_found.html
#, python-format
msgid "used %(n)s time"
msgid_plural "used %(n)s times"
msgstr[0] "%(n)s-mal genutzt"
msgstr[1] "%(n)s-mal genutzt"

#: steerco/apps/raid/templates/raid/_lessons.html
msgid "Useful here"
msgstr "Hier nützlich"

#: steerco/apps/raid/templates/raid/_lessons.html
msgid "Not here"
msgstr "Nicht hier"

#: steerco/apps/raid/templates/raid/_lessons.html
msgid "Used here"
msgstr "Hier genutzt"

#: steerco/apps/raid/templates/raid/_lessons.html
#, python-format
msgid "%(n)s lesson is not suggested here any more"
msgid_plural "%(n)s lessons are not suggested here any more"
msgstr[0] "%(n)s Lehre wird hier nicht mehr vorgeschlagen"
msgstr[1] "%(n)s Lehren werden hier nicht mehr vorgeschlagen"

#: steerco/apps/raid/templates/raid/_lessons.html
msgid "Suggest it again"
msgstr "Wieder vorschlagen"

#: steerco/apps/raid/templates/raid/_lessons_found.html
msgid "No lesson fits what you wrote so far."
msgstr "Zu dem, was bisher dasteht, passt keine Lehre."

#: steerco/apps/raid/templates/raid/_lessons_found.html
#: steerco/apps/raid/templates/raid/_lessons_typed.html
msgid "What others learnt about it stands here as you type, and on the page once it is saved."
msgstr "Was andere dazu gelernt haben, steht hier beim Schreiben und nach dem Speichern auf der Seite."

#: steerco/apps/raid/templates/raid/_matrices.html
msgid "Probability upward, impact to the right."
msgstr "Wahrscheinlichkeit nach oben, Auswirkung nach rechts."

#: steerco/apps/raid/templates/raid/_matrices.html
#, python-format
msgid "the risk appetite: scores up to %(appetite)s are carried"
msgstr "die Risikobereitschaft: Risikowerte bis %(appetite)s werden getragen"

#: steerco/apps/raid/templates/raid/_matrix_panel.html
msgid "Open the matrix"
msgstr "Matrix öffnen"

#: steerco/apps/raid/templates/raid/_places.html
msgid "Risks over appetite"
msgstr "Risiken über der Bereitschaft"

#: steerco/apps/raid/templates/raid/_places.html
msgid "Issues overdue"
msgstr "Offene Punkte überfällig"

#: steerco/apps/raid/templates/raid/_places.html
msgid "Actions overdue"
msgstr "Maßnahmen überfällig"

#: steerco/apps/raid/templates/raid/_reserve.html
msgid "Latest movements"
msgstr "Letzte Bewegungen"

#: steerco/apps/raid/templates/raid/_reserve.html
msgid "On"
msgstr "Am"

#: steerco/apps/raid/templates/raid/_reserve.html
msgid "Asked for by"
msgstr "Angefordert von"

#: steerco/apps/raid/templates/raid/_reserve.html
msgid "All movements"
msgstr "Alle Bewegungen"

#: steerco/apps/raid/templates/raid/_reserve_line.html
#, python-format
msgid "of %(chance)s possible"
msgstr "von %(chance)s möglichen"

#: steerco/apps/raid/templates/raid/_reserve_line.html
#, python-format
msgid "%(short)s short"
msgstr "%(short)s zu wenig"

#: steerco/apps/raid/templates/raid/_reserve_line.html
msgid "covered"
msgstr "gedeckt"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "In"
msgstr "In"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Expected value"
msgstr "Erwartungswert"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Expected gain"
msgstr "Erwarteter Gewinn"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Contingency held"
msgstr "Gehaltene Reserve"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Drawn"
msgstr "Entnommen"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Remaining"
msgstr "Verbleibend"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Against the expected value"
msgstr "Gegen den Erwartungswert"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "In total"
msgstr "Insgesamt"

#: steerco/apps/raid/templates/raid/_reserve_lines.html
#, python-format
msgid "%(quantified)s of %(risks)s open risk is quantified."
msgid_plural "%(quantified)s of %(risks)s open risks are quantified."
msgstr[0] "%(quantified)s von %(risks)s offenen Risiko ist beziffert."
msgstr[1] "%(quantified)s von %(risks)s offenen Risiken sind beziffert."

#: steerco/apps/raid/templates/raid/_reserve_lines.html
msgid "Currencies are never added together."
msgstr "Währungen werden nie zusammengezählt."

#: steerco/apps/raid/templates/raid/_reserve_of_list.html
msgid "Reserve of these risks"
msgstr "Reserve dieser Risiken"

#: steerco/apps/raid/templates/raid/_reserve_of_list.html
#, python-format
msgid "%(days)s working days"
msgstr "%(days)s Arbeitstage"

#: steerco/apps/raid/templates/raid/_top.html steerco/exchange/packs/labels.py
msgid "Target"
msgstr "Ziel"

#: steerco/apps/raid/templates/raid/_top.html
msgid "Exposure, common causes, appetite"
msgstr "Tragweite, gemeinsame Ursachen, Risikobereitschaft"

#: steerco/apps/raid/templates/raid/board.html
msgid "Obstacle board"
msgstr "Tafel der Hindernisse"

#: steerco/apps/raid/templates/raid/board.html
msgid "Raise an obstacle"
msgstr "Hindernis melden"

#: steerco/apps/raid/templates/raid/board.html
msgid "removed in the last 90 days"
msgstr "in den letzten 90 Tagen beseitigt"

#: steerco/apps/raid/templates/raid/board.html
#, python-format
msgid "half of them within %(days)s day"
msgid_plural "half of them within %(days)s days"
msgstr[0] "die Hälfte davon binnen %(days)s Tag"
msgstr[1] "die Hälfte davon binnen %(days)s Tagen"

#: steerco/apps/raid/templates/raid/board.html
#, python-format
msgid "the oldest for %(days)s day"
msgid_plural "the oldest for %(days)s days"
msgstr[0] "das älteste seit %(days)s Tag"
msgstr[1] "das älteste seit %(days)s Tagen"

#: steerco/apps/raid/templates/raid/board.html
#, python-format
msgid "gone after %(days)s day"
msgid_plural "gone after %(days)s days"
msgstr[0] "weg nach %(days)s Tag"
msgstr[1] "weg nach %(days)s Tagen"

#: steerco/apps/raid/templates/raid/board.html
#, python-format
msgid "for %(days)s day"
msgid_plural "for %(days)s days"
msgstr[0] "seit %(days)s Tag"
msgstr[1] "seit %(days)s Tagen"

#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/raise.html steerco/site/navigation.py
msgid "Enterprise risk"
msgstr "Risiko im Ganzen"

#: steerco/apps/raid/templates/raid/enterprise.html
#: steerco/apps/raid/templates/raid/matrix.html
msgid "Threats or opportunities"
msgstr "Bedrohungen oder Chancen"

#: steerco/apps/raid/templates/raid/enterprise.html
msgid "Exposure and reserve"
msgstr "Tragweite und Reserve"

#: steerco/apps/raid/templates/raid/enterprise.html
#, python-format
msgid "%(n)s more place counts in the total."
msgid_plural "%(n)s more places count in the total."
msgstr[0] "%(n)s weiterer Ort zählt in der Summe mit."
msgstr[1] "%(n)s weitere Orte zählen in der Summe mit."

#: steerco/apps/raid/templates/raid/enterprise.html
msgid "No open risk says what it would cost, and no contingency is held."
msgstr "Kein offenes Risiko sagt, was es kosten würde, und es ist keine Reserve gebildet."

#: steerco/apps/raid/templates/raid/enterprise.html
msgid "Common causes"
msgstr "Gemeinsame Ursachen"

#: steerco/apps/raid/templates/raid/matrix.html
#: steerco/kit/registers/templates/registers/_table.html
#, python-format
msgid "%(count)s entry"
msgid_plural "%(count)s entries"
msgstr[0] "%(count)s Eintrag"
msgstr[1] "%(count)s Einträge"

#: steerco/apps/raid/templates/raid/matrix.html
#: steerco/apps/raid/templates/raid/network.html
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
#: steerco/kit/registers/templates/registers/_table.html
msgid "Nothing here yet."
msgstr "Hier ist noch nichts."

#: steerco/apps/raid/templates/raid/network.html
#, python-format
msgid "<strong>%(count)s</strong> open dependency"
msgid_plural "<strong>%(count)s</strong> open dependencies"
msgstr[0] "<strong>%(count)s</strong> offene Abhängigkeit"
msgstr[1] "<strong>%(count)s</strong> offene Abhängigkeiten"

#: steerco/apps/raid/templates/raid/network.html
#, python-format
msgid "<strong>%(critical)s</strong> critical: late, refused, not agreed or near"
msgstr "<strong>%(critical)s</strong> kritisch: spät, abgelehnt, nicht zugesagt oder knapp"

#: steerco/apps/raid/templates/raid/network.html
msgid "As a table, the critical ones first"
msgstr "Als Tabelle, die kritischen zuerst"

#: steerco/apps/raid/templates/raid/network.html
#, python-format
msgid "%(n)s more after the first %(most)s:"
msgid_plural "%(n)s more after the first %(most)s:"
msgstr[0] "%(n)s weitere nach den ersten %(most)s:"
msgstr[1] "%(n)s weitere nach den ersten %(most)s:"

#: steerco/apps/raid/templates/raid/network.html
msgid "As a drawing"
msgstr "Als Zeichnung"

#: steerco/apps/raid/templates/raid/network.html
msgid "late or refused"
msgstr "spät oder abgelehnt"

#: steerco/apps/raid/templates/raid/network.html
msgid "not agreed, no forecast, or near"
msgstr "nicht zugesagt, ohne Prognose oder knapp"

#: steerco/apps/raid/templates/raid/network.html
msgid "in time and agreed"
msgstr "rechtzeitig und zugesagt"

#: steerco/apps/raid/templates/raid/network.html
msgid "From the giver on the left to the receiver on the right; a number beside a letter counts dependencies of the same two."
msgstr "Vom Geber links zum Empfänger rechts; eine Zahl neben einem Buchstaben zählt Abhängigkeiten derselben beiden."

#: steerco/apps/raid/templates/raid/network.html
#, python-format
msgid "%(drawn)s of %(count)s is drawn: at most %(most)s ends, those that may be named."
msgid_plural "%(drawn)s of %(count)s are drawn: at most %(most)s ends, those that may be named."
msgstr[0] "%(drawn)s von %(count)s ist gezeichnet: höchstens %(most)s Enden, soweit sie genannt werden dürfen."
msgstr[1] "%(drawn)s von %(count)s sind gezeichnet: höchstens %(most)s Enden, soweit sie genannt werden dürfen."

#: steerco/apps/raid/templates/raid/raise.html
msgid "The new risk is related to these as what causes them; they stay where they are."
msgstr "Das neue Risiko wird mit diesen als ihre Ursache verknüpft; sie bleiben, wo sie sind."

#: steerco/apps/reporting/actions.py
msgid "Read packs"
msgstr "Mappen lesen"

#: steerco/apps/reporting/actions.py
msgid "Build packs"
msgstr "Mappen erstellen"

#: steerco/apps/reporting/actions.py
msgid "Change the organisation's pack templates"
msgstr "Mappenvorlagen der Organisation ändern"

#: steerco/apps/reporting/buttons.py
msgid "As documents"
msgstr "Als Dokumente"

#: steerco/apps/reporting/buttons.py
#: steerco/apps/reporting/templates/reporting/ask.html
#: steerco/apps/reporting/templates/reporting/choose.html
#: steerco/apps/reporting/templates/reporting/packs.html
msgid "Build a pack"
msgstr "Mappe erstellen"

#: steerco/apps/reporting/content.py steerco/exchange/packs/labels.py
msgid "Steering pack"
msgstr "Steuerungsmappe"

#: steerco/apps/reporting/content.py
msgid "rating exempt from publication"
msgstr "Ampel von der Veröffentlichung ausgenommen"

#: steerco/apps/reporting/content.py
msgid "no whole-life cost published"
msgstr "keine Gesamtkosten veröffentlicht"

#: steerco/apps/reporting/models.py
msgid "everybody who reads this initiative"
msgstr "alle, die dieses Vorhaben lesen"

#: steerco/apps/reporting/models.py
msgid "only me: with everything that I may read"
msgstr "nur ich: mit allem, was ich lesen darf"

#: steerco/apps/reporting/models.py steerco/kit/jobs/models.py
msgid "waiting"
msgstr "wartet"

#: steerco/apps/reporting/models.py
msgid "ready"
msgstr "fertig"

#: steerco/apps/reporting/models.py
msgid "compared with"
msgstr "verglichen mit"

#: steerco/apps/reporting/models.py
msgid "audience"
msgstr "Empfängerkreis"

#: steerco/apps/reporting/models.py
msgid "pack"
msgstr "Mappe"

#: steerco/apps/reporting/models.py
msgid "packs"
msgstr "Mappen"

#: steerco/apps/reporting/models.py
msgid "template"
msgstr "Vorlage"

#: steerco/apps/reporting/models.py
msgid "templates"
msgstr "Vorlagen"

#: steerco/apps/reporting/published.py
#, python-format
msgid "%(name)s (report of %(day)s)"
msgstr "%(name)s (Bericht vom %(day)s)"

#: steerco/apps/reporting/registers_content.py
msgid "Esc."
msgstr "Esk."

#: steerco/apps/reporting/registers_content.py
msgid "return"
msgstr "zurückgeben"

#: steerco/apps/reporting/registers_content.py
msgid "decide"
msgstr "entscheiden"

#: steerco/apps/reporting/services.py
#, python-format
msgid "Choose among %(known)s."
msgstr "Bitte wählen aus: %(known)s."

#: steerco/apps/reporting/services.py
msgid "Choose a .pptx or a .docx file."
msgstr "Bitte eine .pptx- oder .docx-Datei wählen."

#: steerco/apps/reporting/services.py
msgid "The file is larger than 10 MB."
msgstr "Die Datei ist größer als 10 MB."

#: steerco/apps/reporting/services.py
#, python-format
msgid "No pack can stand on this file: %(why)s."
msgstr "Auf dieser Datei lässt sich keine Mappe aufbauen: %(why)s."

#: steerco/apps/reporting/template_report.py
msgid "the file is damaged"
msgstr "die Datei ist beschädigt"

#: steerco/apps/reporting/template_report.py
msgid "it holds XML that is not let in"
msgstr "sie enthält XML, das nicht angenommen wird"

#: steerco/apps/reporting/template_report.py
msgid "it has too many parts"
msgstr "sie hat zu viele Teile"

#: steerco/apps/reporting/template_report.py
msgid "it is too large when unpacked"
msgstr "sie ist entpackt zu groß"

#: steerco/apps/reporting/template_report.py
msgid "it names a part outside itself"
msgstr "sie nennt einen Teil außerhalb ihrer selbst"

#: steerco/apps/reporting/template_report.py
msgid "it has a password"
msgstr "sie hat ein Kennwort"

#: steerco/apps/reporting/template_report.py
msgid "it holds macros; save it without"
msgstr "sie enthält Makros; bitte ohne speichern"

#: steerco/apps/reporting/template_report.py
msgid "it holds an archive"
msgstr "sie enthält ein Archiv"

#: steerco/apps/reporting/template_report.py
msgid "it is no PowerPoint file"
msgstr "sie ist keine PowerPoint-Datei"

#: steerco/apps/reporting/template_report.py
msgid "it has no layouts"
msgstr "sie hat keine Layouts"

#: steerco/apps/reporting/template_report.py
msgid "its pages are too small"
msgstr "ihre Seiten sind zu klein"

#: steerco/apps/reporting/template_report.py
msgid "it is no Word file"
msgstr "sie ist keine Word-Datei"

#: steerco/apps/reporting/template_report.py
msgid "it names no field of the pack"
msgstr "sie nennt kein Feld der Mappe"

#: steerco/apps/reporting/template_report.py
#, python-format
msgid "%s: a typeface whose widths are not known; lines may break early"
msgstr "%s: eine Schrift, deren Breiten unbekannt sind; Zeilen brechen womöglich früh um"

#: steerco/apps/reporting/template_report.py
#, python-format
msgid "%s: the layout leaves too little room; our own geometry stands on it"
msgstr "%s: das Layout lässt zu wenig Platz; darauf steht unsere eigene Aufteilung"

#: steerco/apps/reporting/template_report.py
#, python-format
msgid "a field is written wrongly: %s"
msgstr "ein Feld ist falsch geschrieben: %s"

#: steerco/apps/reporting/template_report.py
#, python-format
msgid "%s: no field of the pack; nothing is printed there"
msgstr "%s: kein Feld der Mappe; dort wird nichts gedruckt"

#: steerco/apps/reporting/template_report.py
msgid "cover"
msgstr "Titelseite"

#: steerco/apps/reporting/template_report.py
msgid "page"
msgstr "Seite"

#: steerco/apps/reporting/template_report.py
msgid "project page"
msgstr "Projektseite"

#: steerco/apps/reporting/template_report.py
msgid "blank page"
msgstr "leere Seite"

#: steerco/apps/reporting/template_report.py
msgid "Layouts found"
msgstr "Gefundene Layouts"

#: steerco/apps/reporting/template_report.py
msgid "Fields of the pack in use"
msgstr "Verwendete Felder der Mappe"

#: steerco/apps/reporting/template_report.py
msgid "Not there; our own geometry stands on its blank layout instead"
msgstr "Nicht vorhanden; unsere eigene Anordnung steht stattdessen auf dem leeren Layout"

#: steerco/apps/reporting/template_report.py
msgid "To look at"
msgstr "Zu prüfen"

#: steerco/apps/reporting/templates/reporting/_pack.html
#, python-format
msgid "Being built: %(what)s"
msgstr "Wird erstellt: %(what)s"

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Waiting for its turn"
msgstr "Wartet, bis sie an der Reihe ist"

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Stop"
msgstr "Anhalten"

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "It was stopped before it was ready."
msgstr "Sie wurde angehalten, bevor sie fertig war."

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "You may no longer build packs of this initiative."
msgstr "Sie dürfen keine Mappen dieses Vorhabens mehr erstellen."

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "It could not be built. The office's administrator finds the reason in the log."
msgstr "Sie konnte nicht erstellt werden. Die Systemverwaltung findet den Grund im Protokoll."

#: steerco/apps/reporting/templates/reporting/_pack.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/apps/reporting/views.py
msgid "For whom"
msgstr "Für wen"

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Fingerprint of its data"
msgstr "Fingerabdruck der Daten"

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "The same data gives the same fingerprint: with it anybody can check that two packs say the same."
msgstr "Gleiche Daten ergeben denselben Fingerabdruck: So lässt sich prüfen, ob zwei Mappen dasselbe sagen."

#: steerco/apps/reporting/templates/reporting/_pack.html
msgid "Built in"
msgstr "Erstellt in"

#: steerco/apps/reporting/templates/reporting/ask.html
msgid "Build the pack"
msgstr "Mappe erstellen"

#: steerco/apps/reporting/templates/reporting/choose.html
msgid "Build a pack: of what?"
msgstr "Mappe erstellen: wovon?"

#: steerco/apps/reporting/templates/reporting/choose.html
msgid "There is no portfolio or programme yet."
msgstr "Es gibt noch kein Portfolio oder Programm."

#: steerco/apps/reporting/templates/reporting/pack.html
#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/site/navigation.py
msgid "Packs"
msgstr "Mappen"

#: steerco/apps/reporting/templates/reporting/packs.html
#: steerco/apps/reporting/templates/reporting/templates.html
msgid "Our templates"
msgstr "Unsere Vorlagen"

#: steerco/apps/reporting/templates/reporting/packs.html
msgid "Pack"
msgstr "Mappe"

#: steerco/apps/reporting/templates/reporting/packs.html
msgid "No pack yet."
msgstr "Noch keine Mappe."

#: steerco/apps/reporting/templates/reporting/packs.html
msgid "A pack is what the board reads: decisions wanted, what changed, ratings, milestones, money, risks and a page per project."
msgstr "Eine Mappe ist, was der Lenkungsausschuss liest: gewünschte Entscheidungen, Änderungen, Ampeln, Meilensteine, Geld, Risiken und eine Seite je Projekt."

#: steerco/apps/reporting/templates/reporting/templates.html
msgid "Go back to the plain template"
msgstr "Zurück zur schlichten Vorlage"

#: steerco/apps/reporting/templates/reporting/templates.html
msgid "The plain template is in use."
msgstr "Die schlichte Vorlage ist in Gebrauch."

#: steerco/apps/reporting/templates/reporting/templates.html
msgid "The organisation's own .pptx or .docx"
msgstr "Eigene .pptx oder .docx der Organisation"

#: steerco/apps/reporting/templates/reporting/templates.html
msgid "Use it"
msgstr "Verwenden"

#: steerco/apps/reporting/views.py
msgid "Formats"
msgstr "Formate"

#: steerco/apps/stakeholders/actions.py
msgid "Read and write attitude and concerns of stakeholders"
msgstr "Haltung und Bedenken von Stakeholdern lesen und schreiben"

#: steerco/apps/stakeholders/buttons.py
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Power and interest"
msgstr "Einfluss und Interesse"

#: steerco/apps/stakeholders/buttons.py
#: steerco/apps/stakeholders/templates/stakeholders/map.html
#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Engagement plan"
msgstr "Kontaktplan"

#: steerco/apps/stakeholders/models.py
msgid "opposed"
msgstr "ablehnend"

#: steerco/apps/stakeholders/models.py
msgid "sceptical"
msgstr "skeptisch"

#: steerco/apps/stakeholders/models.py
msgid "neutral"
msgstr "neutral"

#: steerco/apps/stakeholders/models.py
msgid "supportive"
msgstr "unterstützend"

#: steerco/apps/stakeholders/models.py
msgid "champion"
msgstr "treibende Kraft"

#: steerco/apps/stakeholders/models.py
msgid "meeting"
msgstr "Besprechung"

#: steerco/apps/stakeholders/models.py
msgid "call"
msgstr "Anruf"

#: steerco/apps/stakeholders/models.py steerco/kit/health/checks.py
msgid "mail"
msgstr "E-Mail"

#: steerco/apps/stakeholders/models.py
msgid "workshop"
msgstr "Workshop"

#: steerco/apps/stakeholders/models.py
msgid "newsletter"
msgstr "Rundbrief"

#: steerco/apps/stakeholders/models.py
msgid "event"
msgstr "Veranstaltung"

#: steerco/apps/stakeholders/models.py
msgid "twice a year"
msgstr "halbjährlich"

#: steerco/apps/stakeholders/models.py
msgid "when needed"
msgstr "bei Bedarf"

#: steerco/apps/stakeholders/models.py
msgid "person here"
msgstr "Person hier"

#: steerco/apps/stakeholders/models.py
msgid "group"
msgstr "Gruppe"

#: steerco/apps/stakeholders/models.py
msgid "influence"
msgstr "Einfluss"

#: steerco/apps/stakeholders/models.py
msgid "interest"
msgstr "Interesse"

#: steerco/apps/stakeholders/models.py
msgid "attitude now"
msgstr "Haltung heute"

#: steerco/apps/stakeholders/models.py
msgid "attitude wanted"
msgstr "angestrebte Haltung"

#: steerco/apps/stakeholders/models.py
msgid "concerns"
msgstr "Bedenken"

#: steerco/apps/stakeholders/models.py
msgid "what we do"
msgstr "was wir tun"

#: steerco/apps/stakeholders/models.py
msgid "channel"
msgstr "Kanal"

#: steerco/apps/stakeholders/models.py
msgid "frequency"
msgstr "Häufigkeit"

#: steerco/apps/stakeholders/models.py
msgid "last contact"
msgstr "letzter Kontakt"

#: steerco/apps/stakeholders/models.py
msgid "next contact"
msgstr "nächster Kontakt"

#: steerco/apps/stakeholders/models.py
msgid "stakeholder"
msgstr "Stakeholder"

#: steerco/apps/stakeholders/panels.py
#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
msgid "Attitude over time"
msgstr "Haltung im Lauf der Zeit"

#: steerco/apps/stakeholders/registers.py
msgid "From 1 (very low) to 5 (very high)."
msgstr "Von 1 (sehr gering) bis 5 (sehr hoch)."

#: steerco/apps/stakeholders/registers.py
msgid "Confidential: shown only to roles that may read attitude and concerns."
msgstr "Vertraulich: Nur Rollen, die Haltung und Bedenken lesen dürfen, sehen es."

#: steerco/apps/stakeholders/registers.py
msgid "manage closely"
msgstr "eng einbinden"

#: steerco/apps/stakeholders/registers.py
msgid "keep satisfied"
msgstr "zufrieden halten"

#: steerco/apps/stakeholders/registers.py
msgid "keep informed"
msgstr "informiert halten"

#: steerco/apps/stakeholders/registers.py
msgid "keep an eye on"
msgstr "im Blick behalten"

#: steerco/apps/stakeholders/registers.py
msgid "Stakeholder"
msgstr "Stakeholder"

#: steerco/apps/stakeholders/registers.py
msgid "Stakeholders"
msgstr "Stakeholder"

#: steerco/apps/stakeholders/registers.py
msgid "Who is affected or has a say, what they need, and when they are spoken to next."
msgstr "Wer betroffen ist oder mitredet, was sie brauchen, und wann das nächste Gespräch ist."

#: steerco/apps/stakeholders/registers.py
msgid "Where it is somebody who is known here."
msgstr "Wenn es jemand ist, der hier bekannt ist."

#: steerco/apps/stakeholders/registers.py
msgid "calls for"
msgstr "verlangt"

#: steerco/apps/stakeholders/registers.py
msgid "By influence and interest: manage closely, keep satisfied, keep informed, keep an eye on."
msgstr "Nach Einfluss und Interesse: eng einbinden, zufrieden halten, informiert halten, im Blick behalten."

#: steerco/apps/stakeholders/registers.py
msgid "Who it is"
msgstr "Wer es ist"

#: steerco/apps/stakeholders/registers.py
msgid "What they think"
msgstr "Was sie denken"

#: steerco/apps/stakeholders/registers.py
msgid "How we stay in touch"
msgstr "Wie wir in Kontakt bleiben"

#: steerco/apps/stakeholders/registers.py
msgid "Manage closely"
msgstr "Eng einbinden"

#: steerco/apps/stakeholders/registers.py
msgid "Opposed or sceptical"
msgstr "Ablehnend oder skeptisch"

#: steerco/apps/stakeholders/reminders.py
msgid "Contact with a stakeholder"
msgstr "Kontakt mit einem Stakeholder"

#: steerco/apps/stakeholders/reminders.py
msgid "You look after this stakeholder."
msgstr "Sie betreuen diesen Stakeholder."

#: steerco/apps/stakeholders/reminders.py
#, python-format
msgid "Speak to: %(title)s"
msgstr "Sprechen mit: %(title)s"

#: steerco/apps/stakeholders/states.py
msgid "no longer involved"
msgstr "nicht mehr beteiligt"

#: steerco/apps/stakeholders/states.py
msgid "No longer involved"
msgstr "Nicht mehr beteiligt"

#: steerco/apps/stakeholders/states.py
msgid "Involved again"
msgstr "Wieder beteiligt"

#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
#: steerco/exchange/packs/labels.py
msgid "better"
msgstr "besser"

#: steerco/apps/stakeholders/templates/stakeholders/_attitudes.html
#: steerco/exchange/packs/labels.py
msgid "worse"
msgstr "schlechter"

#: steerco/apps/stakeholders/templates/stakeholders/_name.html
msgid "wanted"
msgstr "angestrebt"

#: steerco/apps/stakeholders/templates/stakeholders/map.html
msgid "Influence upwards, interest to the right. From the fourth step on both are high: manage closely."
msgstr "Einfluss nach oben, Interesse nach rechts. Ab der vierten Stufe sind beide hoch: eng einbinden."

#: steerco/apps/stakeholders/templates/stakeholders/map.html
msgid "Interest"
msgstr "Interesse"

#: steerco/apps/stakeholders/templates/stakeholders/map.html
msgid "Influence"
msgstr "Einfluss"

#: steerco/apps/stakeholders/templates/stakeholders/map.html
msgid "Not assessed yet"
msgstr "Noch nicht eingeschätzt"

#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Next contact"
msgstr "Nächster Kontakt"

#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Channel"
msgstr "Kanal"

#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Frequency"
msgstr "Häufigkeit"

#: steerco/apps/stakeholders/templates/stakeholders/plan.html
msgid "Last contact"
msgstr "Letzter Kontakt"

#: steerco/apps/stakeholders/views.py
msgid "In the next two weeks"
msgstr "In den nächsten zwei Wochen"

#: steerco/apps/stakeholders/views.py
msgid "Without a date"
msgstr "Ohne Datum"

#: steerco/exchange/finance/amounts.py
#, python-format
msgid "“%(text)s” is no amount."
msgstr "„%(text)s“ ist kein Betrag."

#: steerco/exchange/finance/amounts.py
#, python-format
msgid "“%(text)s” is in %(theirs)s; the sheet is in %(ours)s. Currencies are never mixed."
msgstr "„%(text)s“ ist in %(theirs)s, das Blatt ist in %(ours)s. Währungen werden nie gemischt."

#: steerco/exchange/finance/amounts.py
#, python-format
msgid "“%(text)s” is larger than any amount here."
msgstr "„%(text)s“ ist größer als jeder Betrag hier."

#: steerco/exchange/finance/block.py
msgid "There are no cells in what was pasted."
msgstr "Im Eingefügten sind keine Zellen."

#: steerco/exchange/finance/block.py
msgid "That is more than a sheet holds: bring it as a file."
msgstr "Das ist mehr, als ein Blatt fasst: als Datei einlesen."

#: steerco/exchange/finance/block.py
msgid "No heading names a month: copy the row with the months too, as “Apr 26”."
msgstr "Keine Überschrift nennt einen Monat: auch die Zeile mit den Monaten kopieren, etwa „Apr 26“."

#: steerco/exchange/finance/block.py
msgid "Below the last line of the sheet."
msgstr "Unterhalb der letzten Zeile des Blatts."

#: steerco/exchange/finance/block.py
#, python-format
msgid "The cells are in %(theirs)s; the sheet is in %(ours)s. Currencies are never mixed."
msgstr "Die Zellen sind in %(theirs)s, das Blatt ist in %(ours)s. Währungen werden nie gemischt."

#: steerco/exchange/finance/block.py
msgid "This month of this line stands in the block twice."
msgstr "Dieser Monat dieser Zeile steht zweimal im Block."

#: steerco/exchange/finance/block.py
msgid "This column is no month."
msgstr "Diese Spalte ist kein Monat."

#: steerco/exchange/finance/block.py
msgid "This row is none of approved, actual, accrual and forecast."
msgstr "Diese Zeile ist weder genehmigt noch Ist, Abgrenzung oder Prognose."

#: steerco/exchange/finance/block.py
msgid "This row does not say whether it is capital or revenue: choose it above."
msgstr "Diese Zeile sagt nicht, ob sie Investition oder Aufwand ist: oben wählen."

#: steerco/exchange/finance/long.py
msgid "This month of this line stands in the table twice."
msgstr "Dieser Monat dieser Zeile steht zweimal in der Tabelle."

#: steerco/exchange/finance/long.py
msgid "The row names no initiative."
msgstr "Die Zeile nennt kein Vorhaben."

#: steerco/exchange/finance/long.py
#, python-format
msgid "“%(text)s” is no month: write 2026-04 or Apr 26."
msgstr "„%(text)s“ ist kein Monat: 2026-04 oder Apr 26 schreiben."

#: steerco/exchange/finance/long.py
#, python-format
msgid "“%(text)s” is none of approved, actual, accrual and forecast."
msgstr "„%(text)s“ ist weder genehmigt noch Ist, Abgrenzung oder Prognose."

#: steerco/exchange/finance/long.py
msgid "The row does not say whether it is capital or revenue."
msgstr "Die Zeile sagt nicht, ob sie Investition oder Aufwand ist."

#: steerco/exchange/packs/labels.py
msgid "amber/green"
msgstr "gelb/grün"

#: steerco/exchange/packs/labels.py
msgid "NS"
msgstr "NB"

#: steerco/exchange/packs/labels.py
msgid "OH"
msgstr "RU"

#: steerco/exchange/packs/labels.py
msgid "C"
msgstr "AB"

#: steerco/exchange/packs/labels.py
msgid "NR"
msgstr "KA"

#: steerco/exchange/packs/labels.py
msgid "EX"
msgstr "AU"

#: steerco/exchange/packs/labels.py
msgid "RS"
msgstr "NF"

#: steerco/exchange/packs/labels.py
msgid "not comparable"
msgstr "nicht vergleichbar"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "As of {date}"
msgstr "Stand {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "compared with {date}"
msgstr "verglichen mit {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Prepared for {audience}"
msgstr "Erstellt für {audience}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Generated {date}"
msgstr "Erzeugt am {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{page}/{pages}"
msgstr "{page}/{pages}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{title} ({part}/{parts})"
msgstr "{title} ({part}/{parts})"

#: steerco/exchange/packs/labels.py steerco/interfaces/cli/import_schedule.py
msgid "none"
msgstr "keine"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} more in the workbook"
msgstr "{count} weitere in der Excel-Datei"

#: steerco/exchange/packs/labels.py
msgid "Full text: notes of this slide and the workbook"
msgstr "Voller Text: Notizen dieser Folie und Excel-Datei"

#: steerco/exchange/packs/labels.py
msgid "Overview"
msgstr "Überblick"

#: steerco/exchange/packs/labels.py
msgid "Projects"
msgstr "Projekte"

#: steerco/exchange/packs/labels.py
msgid "Red or amber/red"
msgstr "Rot oder gelb/rot"

#: steerco/exchange/packs/labels.py
msgid "Got worse"
msgstr "Verschlechtert"

#: steerco/exchange/packs/labels.py
msgid "Got better"
msgstr "Verbessert"

#: steerco/exchange/packs/labels.py
msgid "Year forecast"
msgstr "Jahresprognose"

#: steerco/exchange/packs/labels.py
msgid "End dates later"
msgstr "Ende später"

#: steerco/exchange/packs/labels.py
msgid "Biggest movers"
msgstr "Größte Bewegungen"

#: steerco/exchange/packs/labels.py
msgid "No earlier data to compare with."
msgstr "Keine früheren Daten zum Vergleichen."

#: steerco/exchange/packs/labels.py
msgid "Rating distribution"
msgstr "Verteilung der Ampeln"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "of {total}"
msgstr "von {total}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{percent} against budget"
msgstr "{percent} gegenüber Budget"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "since {date}"
msgstr "seit {date}"

#: steerco/exchange/packs/labels.py
msgid "If not decided"
msgstr "Ohne Entscheidung"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Decide by {date}"
msgstr "Zu entscheiden bis {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Decides: {name}"
msgstr "Entscheidet: {name}"

#: steerco/exchange/packs/labels.py
msgid "No decision is asked of this meeting"
msgstr "Von dieser Sitzung wird keine Entscheidung erbeten"

#: steerco/exchange/packs/labels.py
msgid "Project"
msgstr "Projekt"

#: steerco/exchange/packs/labels.py
msgid "No reason given"
msgstr "Keine Begründung angegeben"

#: steerco/exchange/packs/labels.py
msgid "End date earlier"
msgstr "Ende früher"

#: steerco/exchange/packs/labels.py
msgid "Cost up"
msgstr "Kosten gestiegen"

#: steerco/exchange/packs/labels.py
msgid "Cost down"
msgstr "Kosten gesunken"

#: steerco/exchange/packs/labels.py
msgid "New in the portfolio"
msgstr "Neu im Portfolio"

#: steerco/exchange/packs/labels.py
msgid "Left the portfolio"
msgstr "Aus dem Portfolio ausgeschieden"

#: steerco/exchange/packs/labels.py
msgid "Was"
msgstr "War"

#: steerco/exchange/packs/labels.py
msgid "Trend"
msgstr "Trend"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Computed from the data: {rating}"
msgstr "Aus den Daten errechnet: {rating}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Arrows show the change since {date}"
msgstr "Pfeile zeigen die Änderung seit {date}"

#: steerco/exchange/packs/labels.py
msgid "Actual"
msgstr "Ist"

#: steerco/exchange/packs/labels.py
msgid "On time"
msgstr "Pünktlich"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} day"
msgstr "{count} Tag"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} days"
msgstr "{count} Tage"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Hollow: baseline · ● on time · ▲ up to {amber} days late · ◆ later · ■ done"
msgstr "Hohl: Basisplan · ● pünktlich · ▲ bis {amber} Tage Verzug · ◆ später · ■ erledigt"

#: steerco/exchange/packs/labels.py
msgid "Year"
msgstr "Jahr"

#: steerco/exchange/packs/labels.py
msgid "Budget"
msgstr "Budget"

#: steerco/exchange/packs/labels.py
msgid "Variance"
msgstr "Abweichung"

#: steerco/exchange/packs/labels.py
msgid "Total"
msgstr "Summe"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Year {year}"
msgstr "Jahr {year}"

#: steerco/exchange/packs/labels.py
msgid "Over budget"
msgstr "Über Budget"

#: steerco/exchange/packs/labels.py
msgid "Under budget"
msgstr "Unter Budget"

#: steerco/exchange/packs/labels.py
msgid "Biggest differences to budget"
msgstr "Größte Abweichungen vom Budget"

#: steerco/exchange/packs/labels.py
msgid "Score"
msgstr "Risikowert"

#: steerco/exchange/packs/labels.py
msgid "Threat"
msgstr "Bedrohung"

#: steerco/exchange/packs/labels.py
msgid "Opportunity"
msgstr "Chance"

#: steerco/exchange/packs/labels.py
msgid "Probability × impact"
msgstr "Wahrscheinlichkeit × Auswirkung"

#: steerco/exchange/packs/labels.py
msgid "Aim"
msgstr "Ziel"

#: steerco/exchange/packs/labels.py
msgid "No text was reported."
msgstr "Kein Text wurde berichtet."

#: steerco/exchange/packs/labels.py
msgid "Text"
msgstr "Text"

#: steerco/exchange/packs/labels.py
msgid "Notes and sources"
msgstr "Hinweise und Quellen"

#: steerco/exchange/packs/labels.py
msgid "Totals are official: frozen with the report."
msgstr "Summen sind amtlich: mit dem Bericht eingefroren."

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Totals count what {reader} may see; they are not official."
msgstr "Summen zählen, was für {reader} sichtbar ist; sie sind nicht amtlich."

#: steerco/exchange/packs/labels.py
msgid "the reader of this pack"
msgstr "die Lesenden dieser Mappe"

#: steerco/exchange/packs/labels.py
#: steerco/kit/imports/templates/imports/bundle.html
msgid "Left out"
msgstr "Weggelassen"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} left out"
msgstr "{count} weggelassen"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Oldest data: {date}"
msgstr "Älteste Daten: {date}"

#: steerco/exchange/packs/labels.py
msgid "Sources"
msgstr "Quellen"

#: steerco/exchange/packs/labels.py
msgid "Rating key"
msgstr "Legende der Ampeln"

#: steerco/exchange/packs/labels.py
msgid "A trend is shown only between ratings of the same scale."
msgstr "Ein Trend steht nur zwischen Ampeln derselben Skala."

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} projects is rated {names}"
msgstr "{count} von {total} Projekten steht auf {names}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} projects are rated {names}"
msgstr "{count} von {total} Projekten stehen auf {names}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "No project is rated {names}"
msgstr "Kein Projekt steht auf {names}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} got worse since {date}"
msgstr "{count} seit {date} verschlechtert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "none got worse since {date}"
msgstr "keines seit {date} verschlechtert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} decision is wanted"
msgstr "{count} Entscheidung ist gewünscht"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} decisions are wanted"
msgstr "{count} Entscheidungen sind gewünscht"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "the first by {date}"
msgstr "die erste bis {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} conflict between projects is open"
msgstr "{count} Konflikt zwischen Projekten ist offen"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} conflicts between projects are open"
msgstr "{count} Konflikte zwischen Projekten sind offen"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} is overdue"
msgstr "{count} ist überfällig"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} are overdue"
msgstr "{count} sind überfällig"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "the first is to be resolved by {date}"
msgstr "der erste ist bis {date} zu lösen"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} rating fell"
msgstr "{count} Ampel verschlechtert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} ratings fell"
msgstr "{count} Ampeln verschlechtert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} rating rose"
msgstr "{count} Ampel verbessert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} ratings rose"
msgstr "{count} Ampeln verbessert"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} end date moved out since {date}"
msgstr "{count} Enddatum seit {date} nach hinten verschoben"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} end dates moved out since {date}"
msgstr "{count} Enddaten seit {date} nach hinten verschoben"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "No rating, end date or cost changed since {date}"
msgstr "Seit {date} keine Änderung an Ampeln, Enddaten oder Kosten"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} open milestones is later than its baseline"
msgstr "{count} von {total} offenen Meilensteinen liegt hinter dem Basisplan"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} open milestones are later than their baseline"
msgstr "{count} von {total} offenen Meilensteinen liegen hinter dem Basisplan"

#: steerco/exchange/packs/labels.py
msgid "All open milestones are on or ahead of their baseline"
msgstr "Alle offenen Meilensteine liegen im oder vor dem Basisplan"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "The year is forecast {amount} ({percent}) over its budget of {budget}"
msgstr "Die Jahresprognose liegt {amount} ({percent}) über dem Budget von {budget}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "The year is forecast {amount} ({percent}) under its budget of {budget}"
msgstr "Die Jahresprognose liegt {amount} ({percent}) unter dem Budget von {budget}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "The year is forecast on its budget of {budget}"
msgstr "Die Jahresprognose trifft das Budget von {budget}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "Whole-life cost is {amount}"
msgstr "Gesamtkosten betragen {amount}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} risk scores 15 or more; the highest stands at {top}"
msgstr "{count} Risiko erreicht 15 oder mehr; das höchste steht bei {top}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} risks score 15 or more; the highest stands at {top}"
msgstr "{count} Risiken erreichen 15 oder mehr; das höchste steht bei {top}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "No risk scores 15 or more; the highest stands at {top}"
msgstr "Kein Risiko erreicht 15 oder mehr; das höchste steht bei {top}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "end {span} later than in {date}"
msgstr "Ende {span} später als im {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "end {span} earlier than in {date}"
msgstr "Ende {span} früher als im {date}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "down from {rating}"
msgstr "schlechter als {rating}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "up from {rating}"
msgstr "besser als {rating}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} month"
msgstr "{count} Monat"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} months"
msgstr "{count} Monate"

#: steerco/exchange/packs/labels.py
msgid "What these figures rest on"
msgstr "Worauf diese Zahlen beruhen"

#: steerco/exchange/packs/labels.py
msgid "Lead"
msgstr "Leitung"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} initiatives is rated {names}"
msgstr "{count} von {total} Vorhaben steht auf {names}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "{count} of {total} initiatives are rated {names}"
msgstr "{count} von {total} Vorhaben stehen auf {names}"

#: steerco/exchange/packs/labels.py
#, python-brace-format
msgid "No initiative is rated {names}"
msgstr "Kein Vorhaben steht auf {names}"

#: steerco/exchange/portfolio/amounts.py
#, python-format
msgid "%(taken)s: %(why)s"
msgstr "%(taken)s, denn %(why)s"

#: steerco/exchange/portfolio/amounts.py
msgid "most cells of the column name it"
msgstr "die meisten Zellen der Spalte nennen sie"

#: steerco/exchange/portfolio/amounts.py
msgid "the other columns are in it"
msgstr "die anderen Spalten stehen darin"

#: steerco/exchange/portfolio/amounts.py
msgid "the texts name it"
msgstr "die Texte nennen sie"

#: steerco/exchange/portfolio/amounts.py
msgid "the dates are written month first"
msgstr "in den Daten steht der Monat vorn"

#: steerco/exchange/portfolio/amounts.py
msgid "nothing in the file names a currency"
msgstr "nichts in der Datei nennt eine Währung"

#: steerco/exchange/portfolio/amounts.py
msgid "given as the default"
msgstr "als Vorgabe angegeben"

#: steerco/exchange/portfolio/amounts.py
msgid "the other columns count in it"
msgstr "die anderen Spalten zählen darin"

#: steerco/exchange/portfolio/amounts.py
#, python-format
msgid "%(count)s of the amounts stand in the texts with it"
msgstr "%(count)s der Beträge stehen in den Texten damit"

#: steerco/exchange/portfolio/amounts.py
msgid "the amounts are too small for single units of money"
msgstr "die Beträge sind zu klein für einzelne Geldeinheiten"

#: steerco/exchange/portfolio/amounts.py
msgid "nothing in the file names a unit"
msgstr "nichts in der Datei nennt eine Einheit"

#: steerco/exchange/portfolio/columns.py
#, python-format
msgid "The column names no currency; taken as %(taken)s."
msgstr "Die Spalte nennt keine Währung; angenommen: %(taken)s."

#: steerco/exchange/portfolio/columns.py
#, python-format
msgid "The header names no unit; one stands for %(taken)s."
msgstr "Die Überschrift nennt keine Einheit; eins steht für %(taken)s."

#: steerco/exchange/portfolio/columns.py
#, python-format
msgid "The dates can be read two ways; taken as %(taken)s."
msgstr "Die Daten lassen sich zweifach lesen; angenommen: %(taken)s."

#: steerco/exchange/portfolio/columns.py steerco/kit/imports/cells.py
msgid "day first"
msgstr "Tag zuerst"

#: steerco/exchange/portfolio/columns.py steerco/kit/imports/cells.py
msgid "month first"
msgstr "Monat zuerst"

#: steerco/exchange/portfolio/columns.py
msgid "as in the other columns"
msgstr "wie in den anderen Spalten"

#: steerco/exchange/portfolio/columns.py
msgid "nothing in the file proves it"
msgstr "nichts in der Datei beweist es"

#: steerco/exchange/portfolio/mapping.py
#, python-format
msgid "There is no field %(name)s."
msgstr "Es gibt kein Feld %(name)s."

#: steerco/exchange/portfolio/mapping.py
#, python-format
msgid "The table has no column %(name)s."
msgstr "Die Tabelle hat keine Spalte %(name)s."

#: steerco/exchange/portfolio/mapping.py
msgid "A column is given for two fields."
msgstr "Eine Spalte ist für zwei Felder angegeben."

#: steerco/exchange/portfolio/periods.py
#, python-format
msgid "%(count)s of %(rows)s rows say so in their texts"
msgstr "%(count)s von %(rows)s Zeilen sagen es in ihren Texten"

#: steerco/exchange/portfolio/periods.py
#, python-format
msgid "the columns are for the fiscal year %(year)s"
msgstr "die Spalten gelten für das Geschäftsjahr %(year)s"

#: steerco/exchange/portfolio/periods.py
#, python-format
msgid "the column of the year says %(year)s"
msgstr "die Spalte des Jahres sagt %(year)s"

#: steerco/exchange/portfolio/reading.py
msgid "There is no such day."
msgstr "Diesen Tag gibt es nicht."

#: steerco/exchange/portfolio/reading.py
msgid "This names a period, not a day."
msgstr "Das nennt einen Zeitraum, keinen Tag."

#: steerco/exchange/portfolio/reading.py
msgid "This is no amount of money."
msgstr "Das ist kein Geldbetrag."

#: steerco/exchange/portfolio/reading.py
msgid "This is in another currency than its column."
msgstr "Das steht in einer anderen Währung als die Spalte."

#: steerco/exchange/portfolio/reading.py
msgid "This is no percentage."
msgstr "Das ist kein Prozentwert."

#: steerco/exchange/portfolio/reading.py
msgid "This is a bound, not a percentage."
msgstr "Das ist eine Grenze, kein Prozentwert."

#: steerco/exchange/portfolio/reading.py
msgid "This is no rating."
msgstr "Das ist keine Ampel."

#: steerco/exchange/portfolio/reading.py
msgid "This rating is not on the scale of its column."
msgstr "Diese Ampel liegt nicht auf der Skala der Spalte."

#: steerco/exchange/portfolio/reading.py
msgid "This is no whole number."
msgstr "Das ist keine ganze Zahl."

#: steerco/exchange/portfolio/reading.py
#, python-format
msgid "Taken as of %(day)s: %(why)s, and such figures are reported half-way."
msgstr "Als Stand gilt %(day)s: %(why)s, und solche Zahlen werden zur Jahresmitte berichtet."

#: steerco/exchange/portfolio/reading.py
#, python-format
msgid "%(file)s: no column looks like the name of the project; give the mapping."
msgstr "%(file)s: keine Spalte sieht nach dem Namen des Projekts aus; bitte die Zuordnung angeben."

#: steerco/exchange/portfolio/reading.py
msgid "No column holds names; the code stands for the name."
msgstr "Keine Spalte enthält Namen; das Kürzel steht für den Namen."

#: steerco/exchange/portfolio/reading.py
#, python-format
msgid "%(file)s: there is no column %(name)s."
msgstr "%(file)s: es gibt keine Spalte %(name)s."

#: steerco/exchange/portfolio/reading.py
#, python-format
msgid "%(file)s: neither a column nor the texts nor the headers say for which date the figures are; give the date."
msgstr "%(file)s: weder eine Spalte noch die Texte noch die Überschriften sagen, für welches Datum die Zahlen gelten; bitte das Datum angeben."

#: steerco/exchange/portfolio/reading.py
msgid "This row has no name of a project; left out."
msgstr "Diese Zeile nennt kein Projekt; ausgelassen."

#: steerco/exchange/portfolio/reading.py
msgid "This row is a total, not a project."
msgstr "Diese Zeile ist eine Summe, kein Projekt."

#: steerco/exchange/portfolio/reading.py
msgid "This row holds a name and nothing else."
msgstr "Diese Zeile enthält einen Namen und sonst nichts."

#: steerco/exchange/portfolio/reading.py
msgid "This row does not say for which date its figures are."
msgstr "Diese Zeile sagt nicht, für welches Datum ihre Zahlen gelten."

#: steerco/exchange/portfolio/reading.py
#, python-format
msgid "The same project as of the same date stands in row %(row)s."
msgstr "Dasselbe Projekt zum selben Stand steht in Zeile %(row)s."

#: steerco/exchange/portfolio/reading.py
msgid "Another column has another rating of the same kind."
msgstr "Eine andere Spalte hat eine andere Ampel derselben Art."

#: steerco/exchange/schedule/child.py
msgid "The file needs too much memory: split it."
msgstr "Die Datei braucht zu viel Speicher: bitte aufteilen."

#: steerco/exchange/schedule/child.py
msgid "This machine cannot keep the converter from the network, so it was not started. Save the plan as XML or XER."
msgstr "Diese Maschine kann das Umwandlungsprogramm nicht vom Netz fernhalten, daher wurde es nicht gestartet. Bitte den Plan als XML oder XER speichern."

#: steerco/exchange/schedule/confined.py steerco/kit/imports/confinement.py
msgid "Reading the file took too long: split it."
msgstr "Das Lesen der Datei dauerte zu lange: bitte aufteilen."

#: steerco/exchange/schedule/confined.py
msgid "The file could not be read within the limits of time and memory: split it, or save it in another format."
msgstr "Die Datei ließ sich nicht innerhalb der Grenzen von Zeit und Speicher lesen: bitte aufteilen oder in einem anderen Format speichern."

#: steerco/exchange/schedule/formats.py steerco/exchange/tables/reading.py
msgid "The file is empty."
msgstr "Die Datei ist leer."

#: steerco/exchange/schedule/formats.py
#, python-format
msgid "This XML is no plan that is known here (its first element is <%(root)s>). Save it as Microsoft Project XML, Primavera XER or XML, or as Excel."
msgstr "Dieses XML ist kein hier bekannter Plan (sein erstes Element ist <%(root)s>). Bitte als XML von Microsoft Project, als XER oder XML von Primavera oder als Excel speichern."

#: steerco/exchange/schedule/mpxj.py
msgid "Reading this format needs the extra “mpp”, which is not installed here. Ask for it (pip install steerco[mpp]), or save the plan as XML in Microsoft Project or as XER in Primavera."
msgstr "Dieses Format zu lesen braucht die Erweiterung „mpp“, die hier nicht installiert ist. Bitte darum bitten (pip install steerco[mpp]) oder den Plan in Microsoft Project als XML oder in Primavera als XER speichern."

#: steerco/exchange/schedule/mpxj.py
msgid "The file holds no plan that can be read."
msgstr "Die Datei enthält keinen lesbaren Plan."

#: steerco/exchange/schedule/mpxj.py
msgid "The plan is protected by a password: save it without one, or as XML."
msgstr "Der Plan ist durch ein Passwort geschützt: bitte ohne Passwort oder als XML speichern."

#: steerco/exchange/schedule/mpxj.py
#, python-format
msgid "The file is damaged or of a version that is not known here (%(why)s). Save it as XML in the planning program."
msgstr "Die Datei ist beschädigt oder von einer hier unbekannten Version (%(why)s). Bitte im Planungsprogramm als XML speichern."

#: steerco/exchange/schedule/mspdi.py
#, python-format
msgid "%(name)s: “%(value)s” cannot be read and counts as empty."
msgstr "%(name)s: „%(value)s“ ist nicht lesbar und gilt als leer."

#: steerco/exchange/schedule/mspdi.py
msgid "A task without an id (UID) was left out."
msgstr "Ein Vorgang ohne Nummer (UID) wurde weggelassen."

#: steerco/exchange/schedule/mspdi.py
#, python-format
msgid "A second task with the id (UID) %(uid)s was left out."
msgstr "Ein zweiter Vorgang mit der Nummer (UID) %(uid)s wurde weggelassen."

#: steerco/exchange/schedule/mspdi.py steerco/exchange/schedule/table_plan.py
#: steerco/exchange/schedule/xer.py
#, python-format
msgid "The plan has more than %(most)s tasks: split it."
msgstr "Der Plan hat mehr als %(most)s Vorgänge: bitte aufteilen."

#: steerco/exchange/schedule/mspdi_calendars.py
#, python-format
msgid "The calendar cannot be read in full (%(why)s); the stored dates do not need it."
msgstr "Der Kalender ist nicht ganz lesbar (%(why)s); die gespeicherten Termine brauchen ihn nicht."

#: steerco/exchange/schedule/table_columns.py
#, python-format
msgid "A plan has no column called %(key)s."
msgstr "Ein Plan hat keine Spalte namens %(key)s."

#: steerco/exchange/schedule/table_columns.py
#, python-format
msgid "The file has no column “%(header)s” any more: choose another one."
msgstr "Die Datei hat keine Spalte „%(header)s“ mehr: bitte eine andere wählen."

#: steerco/exchange/schedule/table_columns.py
#, python-format
msgid "No column says what the tasks are called. There are: %(headers)s."
msgstr "Keine Spalte sagt, wie die Vorgänge heißen. Vorhanden sind: %(headers)s."

#: steerco/exchange/schedule/table_columns.py
#, python-format
msgid "No column says when the tasks end. There are: %(headers)s."
msgstr "Keine Spalte sagt, wann die Vorgänge enden. Vorhanden sind: %(headers)s."

#: steerco/exchange/schedule/table_plan.py
#, python-format
msgid "The sheet was left out: %(why)s"
msgstr "Das Blatt wurde weggelassen: %(why)s"

#: steerco/exchange/schedule/table_plan.py
msgid "Nothing in the dates shows whether the day or the month stands first; day first."
msgstr "Nichts in den Daten zeigt, ob Tag oder Monat vorn steht; Tag zuerst."

#: steerco/exchange/schedule/table_plan.py
msgid "This is no unique number; the row was left out."
msgstr "Das ist keine eindeutige Nummer; die Zeile wurde weggelassen."

#: steerco/exchange/schedule/table_plan.py
#, python-format
msgid "%(what)s The cell says “%(cell)s”."
msgstr "%(what)s In der Zelle steht „%(cell)s“."

#: steerco/exchange/schedule/table_plan.py
msgid "This is no date; the cell counts as empty."
msgstr "Das ist kein Datum; die Zelle gilt als leer."

#: steerco/exchange/schedule/table_plan.py
msgid "This is no percentage; the cell counts as empty."
msgstr "Das ist kein Prozentwert; die Zelle gilt als leer."

#: steerco/exchange/schedule/xer.py
msgid "The file holds no project: export it again with its activities."
msgstr "Die Datei enthält kein Projekt: bitte erneut mit seinen Vorgängen exportieren."

#: steerco/exchange/schedule/xer.py
msgid "An activity without an id of its own was left out."
msgstr "Ein Vorgang ohne eigene Nummer wurde weggelassen."

#: steerco/exchange/schedule/xer.py
#, python-format
msgid "The file does not say which baseline counts; “%(name)s” was taken."
msgstr "Die Datei sagt nicht, welcher Basisplan gilt; „%(name)s“ wurde genommen."

#: steerco/exchange/schedule/xer_tables.py
msgid "This is no Primavera XER file: it does not begin with ERMHDR."
msgstr "Das ist keine XER-Datei von Primavera: sie beginnt nicht mit ERMHDR."

#: steerco/exchange/schedule/xer_tables.py
msgid "The file is damaged: a row stands before the names of its columns."
msgstr "Die Datei ist beschädigt: eine Zeile steht vor den Namen ihrer Spalten."

#: steerco/exchange/schedule/xer_tables.py
msgid "The file has too many rows: export fewer projects."
msgstr "Die Datei hat zu viele Zeilen: bitte weniger Projekte exportieren."

#: steerco/exchange/schedule/xer_tables.py
msgid "The file ends without its end mark: it may be cut off."
msgstr "Die Datei endet ohne ihre Endmarke: sie ist vielleicht abgeschnitten."

#: steerco/exchange/schedule/xer_tables.py
#, python-format
msgid "The encoding %(given)s is not known; there are: %(known)s."
msgstr "Der Zeichensatz %(given)s ist nicht bekannt; es gibt: %(known)s."

#: steerco/exchange/schedule/xer_tables.py
#, python-format
msgid "The file is not written in %(encoding)s."
msgstr "Die Datei ist nicht in %(encoding)s geschrieben."

#: steerco/exchange/schedule/xer_tables.py
#, python-format
msgid "The file does not say how its letters are written; read as %(encoding)s."
msgstr "Die Datei nennt ihren Zeichensatz nicht; gelesen als %(encoding)s."

#: steerco/exchange/schedule/xml_stream.py
msgid "The file declares a document type (DOCTYPE), which no schedule needs and which is refused. Save it again from the planning program."
msgstr "Die Datei deklariert einen Dokumenttyp (DOCTYPE), den kein Plan braucht und der abgelehnt wird. Bitte erneut aus dem Planungsprogramm speichern."

#: steerco/exchange/schedule/xml_stream.py
msgid "The file is nested too deeply or has too many elements."
msgstr "Die Datei ist zu tief geschachtelt oder hat zu viele Elemente."

#: steerco/exchange/schedule/xml_stream.py
#, python-format
msgid "The file is damaged: it is no complete XML (%(why)s). Save it again from the planning program."
msgstr "Die Datei ist beschädigt: sie ist kein vollständiges XML (%(why)s). Bitte erneut aus dem Planungsprogramm speichern."

#: steerco/exchange/tables/delimited.py
msgid "A quotation mark is opened in this row and never closed."
msgstr "In dieser Zeile beginnt ein Anführungszeichen, das nicht endet."

#: steerco/exchange/tables/delimited.py
#, python-format
msgid "The text is not a table: %(why)s."
msgstr "Der Text ist keine Tabelle: %(why)s."

#: steerco/exchange/tables/layout.py
msgid "The sheet has one column per record; it was turned round."
msgstr "Das Blatt hat eine Spalte je Eintrag; es wurde gedreht."

#: steerco/exchange/tables/layout.py
msgid "What stands above the headers was left out."
msgstr "Was über den Überschriften steht, wurde ausgelassen."

#: steerco/exchange/tables/layout.py
msgid "What stands below the table was left out."
msgstr "Was unter der Tabelle steht, wurde ausgelassen."

#: steerco/exchange/tables/layout.py
msgid "This row repeats the headers; left out."
msgstr "Diese Zeile wiederholt die Überschriften; ausgelassen."

#: steerco/exchange/tables/reading.py
msgid "The file is larger than 50 MB."
msgstr "Die Datei ist größer als 50 MB."

#: steerco/exchange/tables/reading.py
#, python-format
msgid "Read as %(encoding)s."
msgstr "Gelesen als %(encoding)s."

#: steerco/exchange/tables/reading.py
msgid "The pasted text is larger than 50 MB."
msgstr "Der eingefügte Text ist größer als 50 MB."

#: steerco/exchange/tables/reading.py
#, python-format
msgid "Repaired %(what)s."
msgstr "Repariert: %(what)s."

#: steerco/exchange/tables/reading.py
msgid "This sheet is hidden in the workbook."
msgstr "Dieses Blatt ist in der Arbeitsmappe ausgeblendet."

#: steerco/exchange/tables/reading.py
msgid "The file holds no table: no row of headers with records under it."
msgstr "Die Datei enthält keine Tabelle: keine Zeile mit Überschriften und Einträgen darunter."

#: steerco/exchange/tables/table.py
#, python-format
msgid "%(file)s: %(message)s"
msgstr "In %(file)s: %(message)s"

#: steerco/exchange/tables/table.py
#, python-format
msgid "%(file)s, row %(row)s: %(message)s"
msgstr "%(file)s, Zeile %(row)s: %(message)s"

#: steerco/exchange/tables/table.py
#, python-format
msgid "%(file)s, row %(row)s, cell %(cell)s: %(message)s"
msgstr "%(file)s, Zeile %(row)s, Zelle %(cell)s: %(message)s"

#: steerco/exchange/tables/texts.py
#, python-format
msgid "The file starts as %(encoding)s but is damaged: %(why)s."
msgstr "Die Datei beginnt als %(encoding)s, ist aber beschädigt: %(why)s."

#: steerco/exchange/tables/texts.py
msgid "The file is not text: it contains zero bytes."
msgstr "Die Datei ist kein Text: sie enthält Nullbytes."

#: steerco/exchange/tables/texts.py
msgid "Latin-2 letters where cp1252 was meant (Ł for £)"
msgstr "Latin-2-Zeichen, wo cp1252 gemeint war (Ł für £)"

#: steerco/exchange/tables/texts.py
msgid "UTF-8 that was read as cp1252 (Â£ for £)"
msgstr "UTF-8, das als cp1252 gelesen wurde (Â£ für £)"

#: steerco/exchange/tables/texts.py
msgid "control characters where cp1252 was meant"
msgstr "Steuerzeichen, wo cp1252 gemeint war"

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The workbook is damaged: %(why)s."
msgstr "Die Arbeitsmappe ist beschädigt: %(why)s."

#: steerco/exchange/tables/workbook.py
msgid "This is an old .xls or a password-protected workbook: save it as .xlsx without password."
msgstr "Das ist eine alte .xls oder eine Arbeitsmappe mit Kennwort: bitte als .xlsx ohne Kennwort speichern."

#: steerco/exchange/tables/workbook.py
msgid "The workbook is damaged: it is not a readable package."
msgstr "Die Arbeitsmappe ist beschädigt: ihr Paket lässt sich nicht lesen."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The workbook has more than %(most)s parts."
msgstr "Die Arbeitsmappe hat mehr als %(most)s Teile."

#: steerco/exchange/tables/workbook.py
msgid "The workbook is too large when unpacked."
msgstr "Die Arbeitsmappe ist entpackt zu groß."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The part %(part)s unpacks to far more than a real workbook does."
msgstr "Der Teil %(part)s wird entpackt weit größer als in einer echten Arbeitsmappe."

#: steerco/exchange/tables/workbook.py
msgid "The workbook unpacks to far more than a real workbook does."
msgstr "Die Arbeitsmappe wird entpackt weit größer als eine echte."

#: steerco/exchange/tables/workbook.py
msgid "The workbook contains the same part twice."
msgstr "Die Arbeitsmappe enthält denselben Teil zweimal."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The workbook contains a part outside its package: %(part)s."
msgstr "Die Arbeitsmappe nennt einen Teil außerhalb ihres Pakets: %(part)s."

#: steerco/exchange/tables/workbook.py
msgid "The workbook is password-protected."
msgstr "Die Arbeitsmappe hat ein Kennwort."

#: steerco/exchange/tables/workbook.py
msgid "The file is a package but not an Excel workbook (.xlsx)."
msgstr "Die Datei ist ein Paket, aber keine Excel-Arbeitsmappe (.xlsx)."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The part %(part)s is larger than it says."
msgstr "Der Teil %(part)s ist größer als angegeben."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The part %(part)s declares a document type, which is not read."
msgstr "Der Teil %(part)s erklärt einen Dokumenttyp, was nicht gelesen wird."

#: steerco/exchange/tables/workbook.py
#, python-format
msgid "The part %(part)s is damaged."
msgstr "Der Teil %(part)s ist beschädigt."

#: steerco/exchange/tables/workbook.py
msgid "The sheet spans too many cells."
msgstr "Das Blatt umspannt zu viele Zellen."

#: steerco/interfaces/api/errors.py
msgid "Some parameters of the address cannot be used."
msgstr "Einige Parameter der Adresse sind nicht verwendbar."

#: steerco/interfaces/api/errors.py
msgid "Send the version that you read, as “version” or in If-Match; If-Match: * changes whatever stands there."
msgstr "Bitte die gelesene Version mitsenden, als „version“ oder in If-Match; If-Match: * ändert, was immer dort steht."

#: steerco/interfaces/api/errors.py
msgid "This was changed since you read it."
msgstr "Dies wurde geändert, seit Sie es gelesen haben."

#: steerco/interfaces/api/errors.py
msgid "The body is too large."
msgstr "Der Inhalt der Anfrage ist zu groß."

#: steerco/interfaces/api/errors.py
msgid "Some values cannot be written."
msgstr "Einige Werte lassen sich nicht schreiben."

#: steerco/interfaces/api/own.py steerco/interfaces/api/records.py
msgid "An object is expected."
msgstr "Ein Objekt wird erwartet."

#: steerco/interfaces/api/own.py steerco/interfaces/api/values.py
msgid "There is no such field to write."
msgstr "Ein solches Feld lässt sich nicht schreiben."

#: steerco/interfaces/api/own.py steerco/interfaces/api/values.py
msgid "A text is expected."
msgstr "Ein Text wird erwartet."

#: steerco/interfaces/api/own.py
msgid "A list of action keys is expected."
msgstr "Eine Liste von Aktionsschlüsseln wird erwartet."

#: steerco/interfaces/api/own.py steerco/interfaces/api/records.py
msgid "An instant such as 2026-10-01T00:00:00Z is expected."
msgstr "Ein Zeitpunkt wie 2026-10-01T00:00:00Z wird erwartet."

#: steerco/interfaces/api/paging.py
msgid "This is no cursor."
msgstr "Das ist kein Cursor."

#: steerco/interfaces/api/parameters.py
msgid "There is no such parameter."
msgstr "Diesen Parameter gibt es nicht."

#: steerco/interfaces/api/parameters.py
msgid "This holds a NUL character."
msgstr "Dies enthält ein NUL-Zeichen."

#: steerco/interfaces/api/parameters.py
msgid "This may be given once."
msgstr "Dies darf einmal angegeben werden."

#: steerco/interfaces/api/parameters.py
#, python-format
msgid "It cannot be sorted by “%s”."
msgstr "Nach „%s“ lässt sich nicht sortieren."

#: steerco/interfaces/api/parameters.py
#, python-format
msgid "A page has 1 to %d rows."
msgstr "Eine Seite hat 1 bis %d Zeilen."

#: steerco/interfaces/api/parameters.py
msgid "Give “after” or “before”."
msgstr "Bitte „after“ oder „before“ angeben."

#: steerco/interfaces/api/parameters.py steerco/interfaces/api/values.py
msgid "True or false is expected."
msgstr "Wahr oder falsch wird erwartet."

#: steerco/interfaces/api/parameters.py steerco/interfaces/api/snapshots.py
#: steerco/interfaces/api/values.py
msgid "A date such as 2026-10-01 is expected."
msgstr "Ein Datum wie 2026-10-01 wird erwartet."

#: steerco/interfaces/api/parsing.py
msgid "The body is nested too deeply."
msgstr "Der Inhalt ist zu tief geschachtelt."

#: steerco/interfaces/api/parsing.py
msgid "The body holds half a character."
msgstr "Der Inhalt enthält ein halbes Zeichen."

#: steerco/interfaces/api/parsing.py
msgid "The body holds a NUL character."
msgstr "Der Inhalt enthält ein NUL-Zeichen."

#: steerco/interfaces/api/records.py
msgid "A list of objects, each with its id, is expected."
msgstr "Eine Liste von Objekten, jedes mit seiner id, wird erwartet."

#: steerco/interfaces/api/records.py
msgid "There is no such entry."
msgstr "Diesen Eintrag gibt es nicht."

#: steerco/interfaces/api/records.py
msgid "This stands here twice."
msgstr "Dies steht hier zweimal."

#: steerco/interfaces/api/records.py
#, python-format
msgid "At most %d rows can be written in one call."
msgstr "Höchstens %d Zeilen lassen sich in einem Aufruf schreiben."

#: steerco/interfaces/api/records.py
#, python-format
msgid "This cannot be done in the state “%s”."
msgstr "Im Status „%s“ ist das nicht möglich."

#: steerco/interfaces/api/records.py
msgid "The version is a whole number."
msgstr "Die Version ist eine ganze Zahl."

#: steerco/interfaces/api/records.py
msgid "If-Match holds a version such as “3” or *."
msgstr "If-Match enthält eine Version wie „3“ oder *."

#: steerco/interfaces/api/records.py
#, python-format
msgid "A text of at most %d characters is expected."
msgstr "Ein Text von höchstens %d Zeichen wird erwartet."

#: steerco/interfaces/api/values.py steerco/kit/registers/references.py
#, python-format
msgid "“%(text)s” is not known."
msgstr "„%(text)s“ ist nicht bekannt."

#: steerco/interfaces/api/values.py
msgid "This is not an object."
msgstr "Das ist kein Objekt."

#: steerco/interfaces/api/values.py
msgid "A whole number is expected; money is in minor units."
msgstr "Eine ganze Zahl wird erwartet; Geld steht in der kleinsten Einheit."

#: steerco/interfaces/api/values.py
msgid "A number is expected."
msgstr "Eine Zahl wird erwartet."

#: steerco/interfaces/api/values.py
msgid "An id, or the name or code as text, is expected."
msgstr "Eine id oder Name oder Kürzel als Text wird erwartet."

#: steerco/interfaces/cli/backup.py
msgid "Write everything into one file: all tables as they are at one instant, and all files. Others go on working."
msgstr "Alles in eine Datei schreiben: alle Tabellen, wie sie in einem Augenblick sind, und alle Dateien. Andere arbeiten weiter."

#: steerco/interfaces/cli/backup.py
msgid "into STEERCO_BACKUP_DIR (`backups` in the data folder), named by the time"
msgstr "nach STEERCO_BACKUP_DIR (`backups` im Datenordner), nach der Zeit benannt"

#: steerco/interfaces/cli/backup.py
msgid "the same, read back at once; then the oldest beyond thirty are removed"
msgstr "ebenso, sofort zurückgelesen; danach werden die ältesten über dreißig entfernt"

#: steerco/interfaces/cli/backup.py
msgid "read a backup back: every part, count, hash, the audit chain"
msgstr "eine Sicherung zurücklesen: jeden Teil, jede Anzahl, jede Prüfsumme, die Prüfkette"

#: steerco/interfaces/cli/backup.py
msgid "The file holds everything that the organisation has entered, so keep it as safe as the data folder itself. It does not hold the secret key: a restored copy makes its own."
msgstr "Die Datei enthält alles, was die Organisation erfasst hat; sie ist so sicher zu verwahren wie der Datenordner selbst. Den geheimen Schlüssel enthält sie nicht: Eine wiederhergestellte Kopie erzeugt ihren eigenen."

#: steerco/interfaces/cli/backup.py
msgid "FILE | verify FILE"
msgstr "DATEI | verify DATEI"

#: steerco/interfaces/cli/backup.py
msgid "read it back, then keep the newest N there"
msgstr "zurücklesen, dann die neuesten N dort behalten"

#: steerco/interfaces/cli/backup.py steerco/interfaces/cli/restore.py
msgid "print the counts as JSON"
msgstr "die Zahlen als JSON ausgeben"

#: steerco/interfaces/cli/backup.py
msgid "--keep needs at least 1"
msgstr "--keep braucht mindestens 1"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "%(file)s is whole"
msgstr "%(file)s ist vollständig"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "%(file)s exists already"
msgstr "%(file)s gibt es bereits"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "%(file)s written"
msgstr "%(file)s geschrieben"

#: steerco/interfaces/cli/backup.py
msgid "name one file, or: verify FILE"
msgstr "eine Datei angeben, oder: verify DATEI"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "%(file)s: %(why)s; the older ones are kept"
msgstr "%(file)s: %(why)s; die älteren bleiben"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "%(rows)s rows of %(tables)s tables, %(files)s files, %(bytes)s bytes"
msgstr "%(rows)s Zeilen aus %(tables)s Tabellen, %(files)s Dateien, %(bytes)s Bytes"

#: steerco/interfaces/cli/backup.py
#, python-format
msgid "audit head %(head)s"
msgstr "Ende der Prüfkette %(head)s"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "%(address)s is no mail relay; write it as smtp://user@smtp.example.org:587"
msgstr "%(address)s ist kein Mailserver; Schreibweise: smtp://user@smtp.example.org:587"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "the database does not let us in: %(why)s"
msgstr "die Datenbank lässt uns nicht ein: %(why)s"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "PostgreSQL %(version)s is too old; %(oldest)s or newer is needed"
msgstr "PostgreSQL %(version)s ist zu alt; nötig ist %(oldest)s oder neuer"

#: steerco/interfaces/cli/connections.py
msgid "this login may not make tables; let it own the database: createdb --owner LOGIN NAME"
msgstr "diese Anmeldung darf keine Tabellen anlegen; ihr sollte die Datenbank gehören: createdb --owner ANMELDUNG NAME"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "database: PostgreSQL %(version)s, and the login may make tables"
msgstr "Datenbank: PostgreSQL %(version)s, und die Anmeldung darf Tabellen anlegen"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "the mail relay %(relay)s refuses the login %(login)s"
msgstr "der Mailserver %(relay)s lehnt die Anmeldung %(login)s ab"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "the mail relay %(relay)s does not answer as it must: %(why)s"
msgstr "der Mailserver %(relay)s antwortet nicht wie nötig: %(why)s"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "mail: %(relay)s answers and takes the login %(login)s"
msgstr "Mail: %(relay)s antwortet und nimmt die Anmeldung %(login)s an"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "mail: %(relay)s answers"
msgstr "Mail: %(relay)s antwortet"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "%(address)s does not name its %(missing)s"
msgstr "%(address)s nennt diese Angaben nicht: %(missing)s"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "the identity provider does not answer at %(address)s: %(why)s"
msgstr "der Anmeldedienst antwortet unter %(address)s nicht: %(why)s"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "the identity provider calls itself %(name)s: give that address (with Entra the one of your own tenant, never `common`)"
msgstr "der Anmeldedienst nennt sich selbst %(name)s: bitte diese Adresse angeben (bei Entra die des eigenen Mandanten, nie `common`)"

#: steerco/interfaces/cli/connections.py
#, python-format
msgid "single sign-on: %(issuer)s answers, with %(count)s keys"
msgstr "Einmalanmeldung: %(issuer)s antwortet, mit %(count)s Schlüsseln"

#: steerco/interfaces/cli/doctor.py
msgid "Look at everything that can be wrong with this installation, and say what to do."
msgstr "Alles prüfen, was an dieser Installation nicht stimmen kann, und sagen, was zu tun ist."

#: steerco/interfaces/cli/doctor.py
msgid "Exit status 1 when something is bad; warnings alone are 0."
msgstr "Rückgabewert 1, wenn etwas schlecht ist; bei Warnungen allein 0."

#: steerco/interfaces/cli/doctor.py
msgid "ok"
msgstr "gut"

#: steerco/interfaces/cli/doctor.py
msgid "warning"
msgstr "Warnung"

#: steerco/interfaces/cli/doctor.py
msgid "bad"
msgstr "schlecht"

#: steerco/interfaces/cli/doctor.py
#, python-format
msgid "none in %(folder)s; run: steerco backup"
msgstr "keine in %(folder)s; Abhilfe: steerco backup"

#: steerco/interfaces/cli/doctor.py
#, python-format
msgid "missing: %(names)s"
msgstr "es fehlen: %(names)s"

#: steerco/interfaces/cli/doctor.py
#, python-format
msgid "%(address)s, but STEERCO_SECURE is not set: cookies would go unprotected"
msgstr "%(address)s, aber STEERCO_SECURE ist nicht gesetzt: Cookies gingen ungeschützt"

#: steerco/interfaces/cli/doctor.py
#, python-format
msgid "not there: %(names)s (only make test needs them)"
msgstr "nicht vorhanden: %(names)s (nur make test braucht sie)"

#: steerco/interfaces/cli/export_register.py
msgid "Write a register as a file: Excel (comes back through import, with conflicts shown) or CSV, by the file's ending."
msgstr "Ein Register als Datei schreiben: Excel (kommt über den Import zurück, Konflikte werden gezeigt) oder CSV, je nach Endung der Datei."

#: steerco/interfaces/cli/export_register.py
#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py steerco/interfaces/cli/user.py
msgid "CODE"
msgstr "KÜRZEL"

#: steerco/interfaces/cli/export_register.py
msgid "only at and below this place"
msgstr "nur an dieser Stelle im Baum und darunter"

#: steerco/interfaces/cli/export_register.py
msgid "filters and order, as the list's address has them"
msgstr "Filter und Reihenfolge, wie sie in der Adresse der Liste stehen"

#: steerco/interfaces/cli/export_register.py
#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py steerco/interfaces/cli/install.py
msgid "FILE"
msgstr "DATEI"

#: steerco/interfaces/cli/export_register.py
msgid "ends in .xlsx or .csv"
msgstr "endet auf .xlsx oder .csv"

#: steerco/interfaces/cli/export_register.py
msgid "an empty workbook to fill in"
msgstr "eine leere Excel-Datei zum Ausfüllen"

#: steerco/interfaces/cli/export_register.py
#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "there is no register %(name)s"
msgstr "es gibt kein Register %(name)s"

#: steerco/interfaces/cli/export_register.py
#, python-format
msgid "%(file)s: end the name in .xlsx or .csv"
msgstr "%(file)s: der Name muss auf .xlsx oder .csv enden"

#: steerco/interfaces/cli/export_register.py
#: steerco/interfaces/cli/import_schedule.py steerco/interfaces/cli/pack.py
#: steerco/interfaces/cli/user.py
#, python-format
msgid "there is no initiative %(code)s"
msgstr "es gibt kein Vorhaben %(code)s"

#: steerco/interfaces/cli/export_register.py
#, python-format
msgid "%(file)s: %(rows)s rows"
msgstr "%(file)s: %(rows)s Zeilen"

#: steerco/interfaces/cli/exports.py
msgid "Take data out as files."
msgstr "Daten als Dateien ausgeben."

#: steerco/interfaces/cli/exports.py
msgid "entries of a register: risks, issues, actions, milestones, ..."
msgstr "Einträge eines Registers: Risiken, Offene Punkte, Maßnahmen, Meilensteine, ..."

#: steerco/interfaces/cli/exports.py
msgid "tells all about it"
msgstr "sagt alles darüber"

#: steerco/interfaces/cli/exports.py
#, python-format
msgid "write %(register)s into a file"
msgstr "%(register)s in eine Datei schreiben"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "set %(name)s"
msgstr "%(name)s setzen"

#: steerco/interfaces/cli/imap.py
msgid "STEERCO_MAIL_IMAP_TLS is one of: tls, starttls, none"
msgstr "STEERCO_MAIL_IMAP_TLS ist eines von: tls, starttls, none"

#: steerco/interfaces/cli/imap.py
msgid "STEERCO_MAIL_IMAP_TLS=none would send the password in the clear: only to this machine"
msgstr "STEERCO_MAIL_IMAP_TLS=none würde das Kennwort im Klartext schicken: nur an diese Maschine"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "STEERCO_MAIL_IMAP_PASSWORD_FILE cannot be read: %(why)s"
msgstr "STEERCO_MAIL_IMAP_PASSWORD_FILE ist nicht lesbar: %(why)s"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "there is no folder %(folder)s: %(why)s"
msgstr "es gibt keinen Ordner %(folder)s: %(why)s"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "mail %(number)s"
msgstr "E-Mail %(number)s"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "mail %(number)s is gone"
msgstr "E-Mail %(number)s ist weg"

#: steerco/interfaces/cli/imap.py
#, python-format
msgid "mail %(number)s cannot be read"
msgstr "E-Mail %(number)s ist nicht lesbar"

#: steerco/interfaces/cli/import_portfolio.py
msgid "Import a portfolio table: dated snapshots of every project in a CSV or Excel file."
msgstr "Eine Portfoliotabelle importieren: datierte Momentaufnahmen aller Projekte in einer CSV- oder Excel-Datei."

#: steerco/interfaces/cli/import_portfolio.py
msgid "The headers may be any: columns are recognised by their words and cells, and everything that was assumed, skipped or rejected is listed with its row. Importing the same file again changes nothing."
msgstr "Die Überschriften sind frei: Spalten werden an ihren Wörtern und Zellen erkannt; alles Angenommene, Übergangene oder Abgelehnte wird mit seiner Zeile aufgeführt. Dieselbe Datei noch einmal zu importieren ändert nichts."

#: steerco/interfaces/cli/import_portfolio.py
msgid "CSV, TSV or Excel; every sheet with a table is read"
msgstr "CSV, TSV oder Excel; jedes Blatt mit einer Tabelle wird gelesen"

#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py steerco/interfaces/cli/install.py
#: steerco/interfaces/cli/user.py
msgid "NAME"
msgstr "NAME"

#: steerco/interfaces/cli/import_portfolio.py
msgid "a mapping that was kept under a name (default: auto)"
msgstr "eine unter einem Namen gemerkte Zuordnung (sonst: auto)"

#: steerco/interfaces/cli/import_portfolio.py steerco/interfaces/cli/pack.py
msgid "DATE"
msgstr "DATUM"

#: steerco/interfaces/cli/import_portfolio.py
msgid "the date of the figures, as 2026-03-31"
msgstr "der Stichtag der Zahlen, etwa 2026-03-31"

#: steerco/interfaces/cli/import_portfolio.py
msgid "the column with the date of each row"
msgstr "die Spalte mit dem Datum jeder Zeile"

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "the portfolio that the projects belong to; made where there is none (default: %(code)s)"
msgstr "das Portfolio, zu dem die Projekte gehören; fehlt es, wird es angelegt (sonst: %(code)s)"

#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py
msgid "say what would be done, and do nothing"
msgstr "sagen, was getan würde, und nichts tun"

#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "%(file)s: %(why)s. Give the path of a file that can be read."
msgstr "%(file)s: %(why)s. Bitte den Pfad einer lesbaren Datei angeben."

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "no mapping is kept under the name %(name)s; use auto or keep one in the browser."
msgstr "unter dem Namen %(name)s ist keine Zuordnung gemerkt; bitte auto verwenden oder eine im Browser merken."

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "%(rows_read)s rows read: %(created)s would be recorded, %(updated)s would be corrected, %(unchanged)s unchanged, %(rejected)s rejected; %(new_initiatives)s new initiatives."
msgstr "%(rows_read)s Zeilen gelesen: %(created)s würden erfasst, %(updated)s würden berichtigt, %(unchanged)s unverändert, %(rejected)s abgelehnt; %(new_initiatives)s neue Vorhaben."

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "%(rows_read)s rows read: %(created)s recorded, %(updated)s corrected, %(unchanged)s unchanged, %(rejected)s rejected; %(new_initiatives)s new initiatives."
msgstr "%(rows_read)s Zeilen gelesen: %(created)s erfasst, %(updated)s berichtigt, %(unchanged)s unverändert, %(rejected)s abgelehnt; %(new_initiatives)s neue Vorhaben."

#: steerco/interfaces/cli/import_portfolio.py
#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "Columns not read: %(names)s"
msgstr "Nicht gelesene Spalten: %(names)s"

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "row %(row)s"
msgstr "Zeile %(row)s"

#: steerco/interfaces/cli/import_portfolio.py
#, python-format
msgid "… and %(more)s more notes; --json lists all of them."
msgstr "… und %(more)s weitere Hinweise; --json führt alle auf."

#: steerco/interfaces/cli/import_register.py
msgid "Import tables into a register: CSV and Excel files, or whole folders of them, in one run with one report."
msgstr "Tabellen in ein Register importieren: CSV- und Excel-Dateien oder ganze Ordner davon, in einem Lauf mit einem Bericht."

#: steerco/interfaces/cli/import_register.py
msgid "Columns are recognised by their headers and cells, or read as a mapping that was kept under a name. Rows belong to the initiative that their column names, else to --in, else to the one that the sheet's or file's name is. Everything that was assumed, left out or rejected is listed with its row. All of it is imported in one transaction, or nothing."
msgstr "Spalten werden an Überschriften und Zellen erkannt oder nach einer unter einem Namen gemerkten Zuordnung gelesen. Zeilen gehören zu dem Vorhaben, das ihre Spalte nennt, sonst zu --in, sonst zu dem, das wie das Blatt oder die Datei heißt. Alles Angenommene, Weggelassene oder Abgelehnte wird mit seiner Zeile aufgeführt. Alles wird auf einmal importiert oder nichts."

#: steerco/interfaces/cli/import_register.py
msgid "a file, or a folder of files"
msgstr "eine Datei oder ein Ordner mit Dateien"

#: steerco/interfaces/cli/import_register.py
msgid "where the rows belong"
msgstr "wohin die Zeilen gehören"

#: steerco/interfaces/cli/import_register.py
msgid "a mapping that was kept under a name"
msgstr "eine unter einem Namen gemerkte Zuordnung"

#: steerco/interfaces/cli/import_register.py
msgid "which entry a row means (default: number)"
msgstr "welchen Eintrag eine Zeile meint (sonst: number)"

#: steerco/interfaces/cli/import_register.py
msgid "take rows with a wrong cell without that cell"
msgstr "Zeilen mit einer falschen Zelle ohne diese Zelle übernehmen"

#: steerco/interfaces/cli/import_register.py
msgid "empty cells empty the field"
msgstr "leere Zellen leeren das Feld"

#: steerco/interfaces/cli/import_register.py
msgid "read 03/04/2026 as the 4th of March"
msgstr "03/04/2026 als 4. März lesen"

#: steerco/interfaces/cli/import_register.py
msgid "for cells changed here and in the file since the export: keep what stands here (theirs), or take the file's (mine)"
msgstr "bei Zellen, die seit dem Export hier und in der Datei geändert wurden: behalten, was hier steht (theirs), oder den Wert der Datei nehmen (mine)"

#: steerco/interfaces/cli/import_register.py
msgid "RUN"
msgstr "LAUF"

#: steerco/interfaces/cli/import_register.py
msgid "undo the import with that number"
msgstr "den Import mit dieser Nummer zurücknehmen"

#: steerco/interfaces/cli/import_register.py
msgid "too many rows are refused one after the other: put the file right first"
msgstr "zu viele Zeilen werden nacheinander abgelehnt: bitte zuerst die Datei berichtigen"

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "name a file, or a folder that holds some (%(endings)s)"
msgstr "bitte eine Datei angeben oder einen Ordner, der welche enthält (%(endings)s)"

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "no mapping is kept under the name %(name)s for %(register)s"
msgstr "unter dem Namen %(name)s ist für %(register)s keine Zuordnung gemerkt"

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "there is no import %(number)s of %(register)s"
msgstr "es gibt keinen Import %(number)s von %(register)s"

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "%(restored)s restored, %(deleted)s deleted, %(kept)s left as they are"
msgstr "%(restored)s wiederhergestellt, %(deleted)s gelöscht, %(kept)s unverändert gelassen"

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "%(rows_read)s rows read: %(created)s would be added, %(updated)s would be changed, %(unchanged)s unchanged, %(rejected)s rejected, %(conflicts)s conflicts."
msgstr "%(rows_read)s Zeilen gelesen: %(created)s würden hinzugefügt, %(updated)s würden geändert, %(unchanged)s unverändert, %(rejected)s abgelehnt, %(conflicts)s Konflikte."

#: steerco/interfaces/cli/import_register.py
#, python-format
msgid "%(rows_read)s rows read: %(created)s added, %(updated)s changed, %(unchanged)s unchanged, %(rejected)s rejected, %(conflicts)s conflicts."
msgstr "%(rows_read)s Zeilen gelesen: %(created)s hinzugefügt, %(updated)s geändert, %(unchanged)s unverändert, %(rejected)s abgelehnt, %(conflicts)s Konflikte."

#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "Undo with: %(command)s"
msgstr "Zurücknehmen mit: %(command)s"

#: steerco/interfaces/cli/import_register.py
#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "… and %(more)s more; --json lists all of them."
msgstr "… und %(more)s weitere; --json führt alle auf."

#: steerco/interfaces/cli/import_schedule.py
msgid "Import a plan: the milestones of an initiative follow the dates that the file stores."
msgstr "Einen Plan importieren: Die Meilensteine eines Vorhabens folgen den Terminen, die in der Datei stehen."

#: steerco/interfaces/cli/import_schedule.py
msgid "Reads Microsoft Project (XML, and MPP with the extra `mpp`), Primavera (XER, and XML with the extra) and plans kept in Excel or CSV. The tasks that the plan marks as milestones are taken, and those that are chosen besides; how the last revision of the plan was taken is how this one is. What moved since then is listed; what is uncertain is asked and left as it is."
msgstr "Liest Microsoft Project (XML, und MPP mit dem Zusatz `mpp`), Primavera (XER, und XML mit dem Zusatz) und Pläne in Excel oder CSV. Übernommen werden die Vorgänge, die der Plan als Meilensteine kennzeichnet, und die außerdem gewählten; wie die letzte Revision des Plans übernommen wurde, so auch diese. Was sich seither verschoben hat, wird aufgeführt; Ungewisses wird gefragt und bleibt, wie es ist."

#: steerco/interfaces/cli/import_schedule.py
msgid "gone"
msgstr "entfallen"

#: steerco/interfaces/cli/import_schedule.py
msgid "reopened"
msgstr "wieder offen"

#: steerco/interfaces/cli/import_schedule.py
msgid "agreed"
msgstr "zugesagt"

#: steerco/interfaces/cli/import_schedule.py
msgid "the plan"
msgstr "der Plan"

#: steerco/interfaces/cli/import_schedule.py
msgid "whose milestones follow it"
msgstr "dessen Meilensteine ihm folgen"

#: steerco/interfaces/cli/import_schedule.py
msgid "the name of the plan (default: of the file)"
msgstr "der Name des Plans (sonst: der Datei)"

#: steerco/interfaces/cli/import_schedule.py
msgid "which of several plans in the file"
msgstr "welcher von mehreren Plänen in der Datei"

#: steerco/interfaces/cli/import_schedule.py
msgid "outline levels that become milestones too"
msgstr "Gliederungsebenen, die auch zu Meilensteinen werden"

#: steerco/interfaces/cli/import_schedule.py
msgid "an own field that makes a task a milestone"
msgstr "ein eigenes Feld, das einen Vorgang zum Meilenstein macht"

#: steerco/interfaces/cli/import_schedule.py
msgid "TEXT"
msgstr "TEXT"

#: steerco/interfaces/cli/import_schedule.py
msgid "what that field holds (default: not no)"
msgstr "was dieses Feld enthält (sonst: nicht nein)"

#: steerco/interfaces/cli/import_schedule.py
msgid "leave out what the plan marks as milestones"
msgstr "auslassen, was der Plan als Meilensteine kennzeichnet"

#: steerco/interfaces/cli/import_schedule.py
msgid "the tier of new milestones"
msgstr "die Stufe neuer Meilensteine"

#: steerco/interfaces/cli/import_schedule.py
msgid "today's dates are agreed where the plan has no baseline"
msgstr "die heutigen Termine gelten als zugesagt, wo der Plan keinen Basisplan hat"

#: steerco/interfaces/cli/import_schedule.py
msgid "a choice that was kept under a name"
msgstr "eine unter einem Namen gemerkte Auswahl"

#: steerco/interfaces/cli/import_schedule.py
msgid "keep this choice under a name"
msgstr "diese Auswahl unter einem Namen merken"

#: steerco/interfaces/cli/import_schedule.py
msgid "how the letters of an XER are written"
msgstr "der Zeichensatz einer XER-Datei"

#: steerco/interfaces/cli/import_schedule.py
msgid "TASK=M-3|new|skip"
msgstr "VORGANG=M-3|new|skip"

#: steerco/interfaces/cli/import_schedule.py
msgid "what an uncertain task is: a milestone here, a new one, or to be left out; may be repeated"
msgstr "was ein ungewisser Vorgang ist: ein hiesiger Meilenstein, ein neuer, oder auszulassen; mehrfach möglich"

#: steerco/interfaces/cli/import_schedule.py
msgid "uncertain tasks are the milestones of the very same name"
msgstr "ungewisse Vorgänge sind die Meilensteine genau desselben Namens"

#: steerco/interfaces/cli/import_schedule.py
msgid "REVISION"
msgstr "REVISION"

#: steerco/interfaces/cli/import_schedule.py
msgid "undo the revision of the plan with that number"
msgstr "die Revision des Plans mit dieser Nummer zurücknehmen"

#: steerco/interfaces/cli/import_schedule.py
msgid "name the file"
msgstr "bitte die Datei angeben"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "%(file)s holds several plans: say with --project which is meant (%(plans)s)"
msgstr "%(file)s enthält mehrere Pläne: bitte mit --project sagen, welcher gemeint ist (%(plans)s)"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "no choice is kept under the name %(name)s"
msgstr "unter dem Namen %(name)s ist keine Auswahl gemerkt"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "--levels %(levels)s: give numbers, as 1,2"
msgstr "--levels %(levels)s: bitte Zahlen angeben, etwa 1,2"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "--answer %(answer)s: nothing is asked about a task %(task)s"
msgstr "--answer %(answer)s: zu einem Vorgang %(task)s ist nichts gefragt"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "--answer %(answer)s: %(value)s is none of %(known)s, new, skip"
msgstr "--answer %(answer)s: %(value)s ist keines von %(known)s, new, skip"

#: steerco/interfaces/cli/import_schedule.py
msgid "nothing"
msgstr "nichts"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "no revision %(number)s of a plan of %(code)s stands to be undone"
msgstr "von den Plänen zu %(code)s lässt sich keine Revision %(number)s zurücknehmen"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "several plans have a revision %(number)s: name one with --plan"
msgstr "mehrere Pläne haben eine Revision %(number)s: bitte mit --plan einen nennen"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "%(tasks)s tasks read; milestones would be %(counts)s."
msgstr "%(tasks)s Vorgänge gelesen; Meilensteine wären %(counts)s."

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "%(tasks)s tasks read; milestones %(counts)s."
msgstr "%(tasks)s Vorgänge gelesen; Meilensteine: %(counts)s."

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "was: %(name)s"
msgstr "vorher: %(name)s"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "may be: %(title)s (the very same name); say with --answer %(task)s=…"
msgstr "vielleicht: %(title)s (genau derselbe Name); angeben mit --answer %(task)s=…"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "may be: %(title)s; say with --answer %(task)s=…"
msgstr "vielleicht: %(title)s; angeben mit --answer %(task)s=…"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "done %(day)s"
msgstr "erreicht am %(day)s"

#: steerco/interfaces/cli/import_schedule.py
#, python-format
msgid "(%(days)s days)"
msgstr "(%(days)s Tage)"

#: steerco/interfaces/cli/imports.py
msgid "Bring data in from files."
msgstr "Daten aus Dateien hereinholen."

#: steerco/interfaces/cli/imports.py
msgid "dated snapshots of every project in a table"
msgstr "datierte Momentaufnahmen aller Projekte in einer Tabelle"

#: steerco/interfaces/cli/imports.py
msgid "the milestones of an initiative from its plan (MPP, XML, XER, Excel)"
msgstr "die Meilensteine eines Vorhabens aus seinem Plan (MPP, XML, XER, Excel)"

#: steerco/interfaces/cli/imports.py
msgid "entries of a register: risks, issues, actions, milestones, people, ..."
msgstr "Einträge eines Registers: Risiken, Offene Punkte, Maßnahmen, Meilensteine, Personen, ..."

#: steerco/interfaces/cli/imports.py
msgid "tell all about them"
msgstr "sagen alles darüber"

#: steerco/interfaces/cli/install.py
msgid "Write the files that turn a trial into a server: settings, services, nightly backup, TLS proxy."
msgstr "Die Dateien schreiben, die aus einem Versuch einen Server machen: Einstellungen, Dienste, nächtliche Sicherung, TLS-Proxy."

#: steerco/interfaces/cli/install.py
msgid "The database, the mail relay and the identity provider are tried first. Nothing outside the folder is touched: what lies there is for a person to read and to put in place (`put-in-place.sh` does it). It needs no root."
msgstr "Datenbank, Mailserver und Anmeldedienst werden zuerst erprobt. Außerhalb des Ordners wird nichts angefasst: Was dort liegt, liest ein Mensch und bringt es an seinen Platz (das macht `put-in-place.sh`). Root-Rechte sind nicht nötig."

#: steerco/interfaces/cli/install.py
msgid "Passwords are asked for, or read from STEERCO_SMTP_PASSWORD and STEERCO_OIDC_CLIENT_SECRET; the database's whole address may stand in STEERCO_DATABASE_URL. docs/guide/admin.md is the page about all of it."
msgstr "Passwörter werden erfragt oder aus STEERCO_SMTP_PASSWORD und STEERCO_OIDC_CLIENT_SECRET gelesen; die ganze Adresse der Datenbank kann in STEERCO_DATABASE_URL stehen. Alles darüber steht in docs/guide/admin.md."

#: steerco/interfaces/cli/install.py
msgid "the name that people type: pmo.example.org"
msgstr "der Name, den man eingibt: pmo.example.org"

#: steerco/interfaces/cli/install.py steerco/interfaces/cli/mail_in.py
#: steerco/interfaces/cli/pack.py
msgid "DIR"
msgstr "ORDNER"

#: steerco/interfaces/cli/install.py
msgid "where the files go (steerco-server)"
msgstr "wohin die Dateien kommen (steerco-server)"

#: steerco/interfaces/cli/install.py
msgid "postgresql://user:password@host/name; without one: SQLite"
msgstr "postgresql://user:password@host/name; ohne Angabe: SQLite"

#: steerco/interfaces/cli/install.py
msgid "smtp://user@host:587 (STARTTLS), smtps://user@host:465 or smtp+plain://host:25"
msgstr "smtp://user@host:587 (STARTTLS), smtps://user@host:465 oder smtp+plain://host:25"

#: steerco/interfaces/cli/install.py
msgid "ADDRESS"
msgstr "ADRESSE"

#: steerco/interfaces/cli/install.py
msgid "the sender (default: steerco@HOST)"
msgstr "der Absender (sonst: steerco@HOST)"

#: steerco/interfaces/cli/install.py
msgid "the address of the OpenID provider's issuer"
msgstr "die Adresse des OpenID-Ausstellers"

#: steerco/interfaces/cli/install.py
msgid "the client id that the provider gave"
msgstr "die Client-Kennung, die der Anmeldedienst vergeben hat"

#: steerco/interfaces/cli/install.py
msgid "Single sign-on"
msgstr "Einmalanmeldung"

#: steerco/interfaces/cli/install.py
msgid "what the link says"
msgstr "was auf dem Link steht"

#: steerco/interfaces/cli/install.py
msgid "your own mail domains (Entra needs them)"
msgstr "die eigenen Mail-Domänen (Entra braucht sie)"

#: steerco/interfaces/cli/install.py
msgid "the TLS proxy (caddy)"
msgstr "der TLS-Proxy (caddy)"

#: steerco/interfaces/cli/install.py
msgid "your own certificate, with its chain"
msgstr "das eigene Zertifikat mit seiner Kette"

#: steerco/interfaces/cli/install.py
msgid "its private key"
msgstr "dessen privater Schlüssel"

#: steerco/interfaces/cli/install.py
msgid "where backups go (/var/backups/steerco)"
msgstr "wohin Sicherungen kommen (/var/backups/steerco)"

#: steerco/interfaces/cli/install.py
msgid "backups to keep (30)"
msgstr "Sicherungen, die bleiben (30)"

#: steerco/interfaces/cli/install.py
msgid "the port behind the proxy (8000)"
msgstr "der Port hinter dem Proxy (8000)"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "the command to run (%(file)s)"
msgstr "der Befehl, der läuft (%(file)s)"

#: steerco/interfaces/cli/install.py
msgid "the language (en-gb)"
msgstr "die Sprache (en-gb)"

#: steerco/interfaces/cli/install.py
msgid "ZONE"
msgstr "ZONE"

#: steerco/interfaces/cli/install.py
msgid "such as Europe/Berlin (UTC)"
msgstr "etwa Europe/Berlin (UTC)"

#: steerco/interfaces/cli/install.py
msgid "connect to nothing; only write the files"
msgstr "nichts verbinden; nur die Dateien schreiben"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "%(host)s is no host name; write it as pmo.example.org, in lower case"
msgstr "%(host)s ist kein Rechnername; Schreibweise: pmo.example.org, klein geschrieben"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "--%(name)s must be an absolute path of letters, digits, `.`, `-`, `_` and `/`: %(value)s"
msgstr "--%(name)s muss ein absoluter Pfad aus Buchstaben, Ziffern, `.`, `-`, `_` und `/` sein: %(value)s"

#: steerco/interfaces/cli/install.py
msgid "give --certificate and --key together; nginx needs them, Caddy fetches its own without"
msgstr "--certificate und --key bitte zusammen angeben; nginx braucht sie, Caddy holt sich ohne sie eigene"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "the services do not see %(program)s; install Steerco in /opt/steerco (docs/guide/admin.md), or name the command there: --program /opt/steerco/.venv/bin/steerco"
msgstr "die Dienste sehen %(program)s nicht; bitte Steerco in /opt/steerco installieren (docs/guide/admin.md) oder den dortigen Befehl nennen: --program /opt/steerco/.venv/bin/steerco"

#: steerco/interfaces/cli/install.py
msgid "give --oidc and --oidc-client together"
msgstr "--oidc und --oidc-client bitte zusammen angeben"

#: steerco/interfaces/cli/install.py
msgid "--database is the address of a PostgreSQL: postgresql://user:password@host/name"
msgstr "--database ist die Adresse eines PostgreSQL: postgresql://user:password@host/name"

#: steerco/interfaces/cli/install.py
msgid "the client secret"
msgstr "das Client-Geheimnis"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "the password of %(login)s"
msgstr "das Passwort von %(login)s"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "%(what)s is missing; set %(variable)s"
msgstr "%(what)s fehlt; bitte %(variable)s setzen"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "%(wrong)s (nothing was written; --no-check writes without looking)"
msgstr "%(wrong)s (nichts wurde geschrieben; --no-check schreibt ohne Prüfung)"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "The files are in %(folder)s; nothing else was touched. Read them, then:"
msgstr "Die Dateien liegen in %(folder)s; sonst wurde nichts angefasst. Bitte lesen, dann:"

#: steerco/interfaces/cli/install.py
msgid "enter this address at the identity provider:"
msgstr "diese Adresse beim Anmeldedienst eintragen:"

#: steerco/interfaces/cli/install.py
msgid "put the files in place and start:"
msgstr "die Dateien an ihren Platz bringen und starten:"

#: steerco/interfaces/cli/install.py
msgid "make the first account (it has a password, for the day that single sign-on is down):"
msgstr "das erste Konto anlegen (mit Passwort, für den Tag, an dem die Einmalanmeldung ausfällt):"

#: steerco/interfaces/cli/install.py
msgid "look whether all is well:"
msgstr "prüfen, ob alles gut ist:"

#: steerco/interfaces/cli/install.py
#, python-format
msgid "and open %(address)s"
msgstr "und %(address)s öffnen"

#: steerco/interfaces/cli/mail_in.py
msgid "Take mails that come in: an answer to one of our mails becomes a comment, one to the office opens a request."
msgstr "Eingehende E-Mails übernehmen: Eine Antwort auf eine unserer E-Mails wird ein Kommentar, eine an das PMO eröffnet eine Anfrage."

#: steerco/interfaces/cli/mail_in.py
msgid "one mail from standard input: the pipe of a mail relay"
msgstr "eine Mail aus der Standardeingabe: die Pipe eines Mailservers"

#: steerco/interfaces/cli/mail_in.py
msgid "every new mail of a Maildir; taken ones move to `cur`"
msgstr "jede neue Mail eines Maildir; angenommene kommen nach `cur`"

#: steerco/interfaces/cli/mail_in.py
msgid "every new mail of a mailbox (STEERCO_MAIL_IMAP_…); for a timer"
msgstr "jede neue E-Mail eines Postfachs (STEERCO_MAIL_IMAP_…); für eine Zeitsteuerung"

#: steerco/interfaces/cli/mail_in.py
msgid "Needs STEERCO_MAIL_REPLY_TO, an address whose mails with anything after a + (reply+…@host) arrive here, or STEERCO_MAIL_OFFICE, the office's own address:"
msgstr "Braucht STEERCO_MAIL_REPLY_TO, eine Adresse, deren E-Mails mit beliebigem Zusatz nach einem + (reply+…@host) hier ankommen, oder STEERCO_MAIL_OFFICE, die eigene Adresse des PMO:"

#: steerco/interfaces/cli/mail_in.py
msgid "An answer is taken from the person to whom our mail went, at the address signed for them; of it only the words, without quotes, signature and attachments. A mail to the office is taken whole, from people of the address book; of others it is held in the office's queue. Each is taken once, by its Message-ID. Exit status: 0 dealt with, whatever became of it (a refusal is not answered, so that no mail goes back and forth); 75 try again later."
msgstr "Eine Antwort wird von der Person übernommen, an die unsere E-Mail ging, an der für sie signierten Adresse; davon nur die Worte, ohne Zitate, Signatur und Anhänge. Eine E-Mail an das PMO wird ganz übernommen, von Personen aus dem Adressbuch; von anderen wartet sie in der Liste des PMO. Jede wird einmal übernommen, nach ihrer Message-ID. Rückgabewert: 0 erledigt, was auch immer daraus wurde (eine Ablehnung wird nicht beantwortet, damit keine E-Mails hin- und hergehen); 75 später noch einmal versuchen."

#: steerco/interfaces/cli/mail_in.py steerco/kit/registers/recordpage.py
msgid "added"
msgstr "hinzugefügt"

#: steerco/interfaces/cli/mail_in.py
msgid "taken before"
msgstr "schon angenommen"

#: steerco/interfaces/cli/mail_in.py
msgid "sent by a machine"
msgstr "von einer Maschine gesandt"

#: steerco/interfaces/cli/mail_in.py
msgid "not addressed to anything here"
msgstr "an nichts hier gerichtet"

#: steerco/interfaces/cli/mail_in.py
msgid "not sent from the address that it was made for"
msgstr "nicht von der Adresse gesandt, für die sie bestimmt war"

#: steerco/interfaces/cli/mail_in.py
msgid "about something that they may not comment on now"
msgstr "zu etwas, das die Person jetzt nicht kommentieren darf"

#: steerco/interfaces/cli/mail_in.py
msgid "nothing but quotes"
msgstr "nur Zitate"

#: steerco/interfaces/cli/mail_in.py
msgid "too many in an hour"
msgstr "zu viele in einer Stunde"

#: steerco/interfaces/cli/mail_in.py
msgid "sent by a machine or a list"
msgstr "von einer Maschine oder einer Liste geschickt"

#: steerco/interfaces/cli/mail_in.py
msgid "sent from an address of our own"
msgstr "von einer eigenen Adresse geschickt"

#: steerco/interfaces/cli/mail_in.py
msgid "nothing in it"
msgstr "leer"

#: steerco/interfaces/cli/mail_in.py
msgid "too many from this sender"
msgstr "zu viele von diesem Absender"

#: steerco/interfaces/cli/mail_in.py
msgid "too large for somebody unknown"
msgstr "zu groß für jemand Unbekannten"

#: steerco/interfaces/cli/mail_in.py
msgid "too many are held"
msgstr "zu viele warten schon"

#: steerco/interfaces/cli/mail_in.py
msgid "of somebody unknown: held for the office"
msgstr "von jemand Unbekanntem: wartet auf das PMO"

#: steerco/interfaces/cli/mail_in.py
msgid "held for the office: no place for general requests is chosen"
msgstr "wartet auf das PMO: für allgemeine Anfragen ist kein Platz gewählt"

#: steerco/interfaces/cli/mail_in.py
msgid "larger than 10 MB: not taken"
msgstr "größer als 10 MB: nicht übernommen"

#: steerco/interfaces/cli/mail_in.py
msgid "a Maildir instead of standard input"
msgstr "ein Maildir statt der Standardeingabe"

#: steerco/interfaces/cli/mail_in.py
msgid "the mailbox that STEERCO_MAIL_IMAP_… names"
msgstr "das Postfach, das STEERCO_MAIL_IMAP_… nennt"

#: steerco/interfaces/cli/mail_in.py
msgid "set STEERCO_MAIL_REPLY_TO, where mails are answered, or STEERCO_MAIL_OFFICE, the office's address"
msgstr "STEERCO_MAIL_REPLY_TO setzen, wo E-Mails beantwortet werden, oder STEERCO_MAIL_OFFICE, die Adresse des PMO"

#: steerco/interfaces/cli/mail_in.py
msgid "standard input"
msgstr "Standardeingabe"

#: steerco/interfaces/cli/mail_in.py
#, python-format
msgid "the database is not there: %(why)s"
msgstr "die Datenbank ist nicht erreichbar: %(why)s"

#: steerco/interfaces/cli/mail_in.py
#, python-format
msgid "the mailbox is not there: %(why)s"
msgstr "das Postfach ist nicht da: %(why)s"

#: steerco/interfaces/cli/mail_in.py
#, python-format
msgid "%(folder)s is no Maildir: it has no folders `new` and `cur`"
msgstr "%(folder)s ist kein Maildir: die Ordner `new` und `cur` fehlen"

#: steerco/interfaces/cli/main.py
msgid "Run it"
msgstr "Betreiben"

#: steerco/interfaces/cli/main.py
msgid "Bring in and take out"
msgstr "Hereinholen und ausgeben"

#: steerco/interfaces/cli/main.py
msgid "Keep it"
msgstr "Sichern"

#: steerco/interfaces/cli/main.py
msgid "Look after it"
msgstr "Nachsehen"

#: steerco/interfaces/cli/main.py
msgid "prepare the database and serve, with the worker"
msgstr "die Datenbank vorbereiten und starten, mit dem Arbeitsprozess"

#: steerco/interfaces/cli/main.py
msgid "load example data, write a first pack, and serve"
msgstr "Beispieldaten laden, eine erste Mappe schreiben und starten"

#: steerco/interfaces/cli/main.py
msgid "run jobs, seal the audit trail, send mail (part of `up`)"
msgstr "Aufträge ausführen, Prüfprotokoll versiegeln, Mails senden (Teil von `up`)"

#: steerco/interfaces/cli/main.py
msgid "write what a server needs: settings, services, nightly backup, TLS proxy"
msgstr "schreiben, was ein Server braucht: Einstellungen, Dienste, nächtliche Sicherung, TLS-Proxy"

#: steerco/interfaces/cli/main.py
msgid "accounts: add, list, role, password, disable"
msgstr "Konten: anlegen, auflisten, Rolle, Passwort, schließen (add, list, role, password, disable)"

#: steerco/interfaces/cli/main.py
msgid "build the steering pack of an initiative"
msgstr "die Steuerungsmappe eines Vorhabens erstellen"

#: steerco/interfaces/cli/main.py
msgid "bring data in: portfolio tables, plans, registers"
msgstr "Daten hereinholen: Portfoliotabellen, Pläne, Register"

#: steerco/interfaces/cli/main.py
msgid "write a register as Excel or CSV"
msgstr "ein Register als Excel oder CSV schreiben"

#: steerco/interfaces/cli/main.py
msgid "take mails that come in: answers become comments, others requests"
msgstr "eingehende E-Mails übernehmen: Antworten werden Kommentare, andere Anfragen"

#: steerco/interfaces/cli/main.py
msgid "write everything into one file; verify such a file"
msgstr "alles in eine Datei schreiben; eine solche Datei prüfen"

#: steerco/interfaces/cli/main.py
msgid "read a backup into an empty installation, of either database"
msgstr "eine Sicherung in eine leere Installation einlesen, mit beiden Datenbanken"

#: steerco/interfaces/cli/main.py
msgid "let mail and schedules go on after a restore"
msgstr "Mails und Zeitpläne nach einer Wiederherstellung weiterlaufen lassen"

#: steerco/interfaces/cli/main.py
msgid "look at everything that can be wrong, and say what to do"
msgstr "alles prüfen, was nicht stimmen kann, und sagen, was zu tun ist"

#: steerco/interfaces/cli/main.py
msgid "build the text index of the search anew"
msgstr "den Textindex der Suche neu aufbauen"

#: steerco/interfaces/cli/main.py
msgid "recompute the audit chain from its first event"
msgstr "die Prüfkette vom ersten Ereignis an nachrechnen"

#: steerco/interfaces/cli/main.py
msgid "compare stored files with their names and their rows"
msgstr "gespeicherte Dateien mit ihren Namen und Zeilen vergleichen"

#: steerco/interfaces/cli/main.py
#, python-brace-format
msgid "database, files, backups and the secret key (now: {data})"
msgstr "Datenbank, Dateien, Sicherungen und der geheime Schlüssel (jetzt: {data})"

#: steerco/interfaces/cli/main.py
msgid "a PostgreSQL instead of the SQLite file: postgresql://user:password@host/name"
msgstr "ein PostgreSQL statt der SQLite-Datei: postgresql://user:password@host/name"

#: steerco/interfaces/cli/main.py
msgid "the language, en-gb or de (default here: that of the terminal)"
msgstr "die Sprache, en-gb oder de (sonst hier: die des Terminals)"

#: steerco/interfaces/cli/main.py
msgid "the port that `up` serves on (8000)"
msgstr "der Port, auf dem `up` antwortet (8000)"

#: steerco/interfaces/cli/main.py
#, python-brace-format
msgid "Steerco {version}: the system that a project management office runs on."
msgstr "Steerco {version}: das System, mit dem ein Projektmanagement-Office arbeitet."

#: steerco/interfaces/cli/main.py
msgid "usage: steerco COMMAND [options]        steerco COMMAND --help tells all about one command"
msgstr "Aufruf: steerco BEFEHL [Optionen]        steerco BEFEHL --help sagt alles über einen Befehl"

#: steerco/interfaces/cli/main.py
msgid "Where things are"
msgstr "Was wo liegt"

#: steerco/interfaces/cli/main.py
msgid "Examples"
msgstr "Beispiele"

#: steerco/interfaces/cli/main.py
msgid "start; then open http://127.0.0.1:8000"
msgstr "starten; dann http://127.0.0.1:8000 öffnen"

#: steerco/interfaces/cli/main.py
msgid "the files that make a server of it"
msgstr "die Dateien, die daraus einen Server machen"

#: steerco/interfaces/cli/main.py
msgid "a file in the data folder's `backups`"
msgstr "eine Datei in `backups` im Datenordner"

#: steerco/interfaces/cli/main.py
msgid "Exit status: 0 well, 1 refused or not well, 2 a wrong call."
msgstr "Rückgabewert: 0 gut, 1 abgelehnt oder nicht gut, 2 falscher Aufruf."

#: steerco/interfaces/cli/main.py
#, python-brace-format
msgid "there is no command `{name}`; did you mean `{near}`? See: steerco --help"
msgstr "den Befehl `{name}` gibt es nicht; war `{near}` gemeint? Siehe: steerco --help"

#: steerco/interfaces/cli/main.py
#, python-brace-format
msgid "there is no command `{name}`; see: steerco --help"
msgstr "den Befehl `{name}` gibt es nicht; siehe: steerco --help"

#: steerco/interfaces/cli/pack.py
msgid "Build the steering pack of an initiative now and put its files into a folder."
msgstr "Die Steuerungsmappe eines Vorhabens jetzt erstellen und ihre Dateien in einen Ordner legen."

#: steerco/interfaces/cli/pack.py
msgid "PowerPoint and PDF into the present folder"
msgstr "PowerPoint und PDF in den aktuellen Ordner"

#: steerco/interfaces/cli/pack.py
msgid "The dates are the last ones with reports not after those that are asked for; without any, the newest against the one before it. The pack is also kept in Steerco, with the fingerprint of its data: the same data, the same fingerprint. `--audience readers` (the default) holds what everybody reads who has access to the initiative, and stays visible to them; `own` holds everything, restricted things included, and stays visible to nobody but the console."
msgstr "Die Stichtage sind die letzten mit Berichten, die nicht nach den gewünschten liegen; ohne Angabe der neueste gegen den vorigen. Die Mappe bleibt auch in Steerco, mit dem Fingerabdruck ihrer Daten: gleiche Daten, gleicher Fingerabdruck. `--audience readers` (so ohne Angabe) enthält, was alle lesen, die Zugang zum Vorhaben haben, und bleibt für sie sichtbar; `own` enthält alles, auch Beschränktes, und bleibt nur für die Konsole sichtbar."

#: steerco/interfaces/cli/pack.py
msgid "The pack is written in the language of the installation (STEERCO_LANGUAGE)."
msgstr "Die Mappe wird in der Sprache der Installation geschrieben (STEERCO_LANGUAGE)."

#: steerco/interfaces/cli/pack.py
msgid "INITIATIVE"
msgstr "VORHABEN"

#: steerco/interfaces/cli/pack.py
msgid "its code, now or formerly"
msgstr "sein Kürzel, heute oder früher"

#: steerco/interfaces/cli/pack.py
msgid "the date of the reports, as 2026-03-31"
msgstr "der Stichtag der Berichte, etwa 2026-03-31"

#: steerco/interfaces/cli/pack.py
msgid "the date to compare with"
msgstr "der Stichtag zum Vergleich"

#: steerco/interfaces/cli/pack.py
msgid "LIST"
msgstr "LISTE"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "which of %(formats)s (default: pptx,pdf)"
msgstr "welche von %(formats)s (sonst: pptx,pdf)"

#: steerco/interfaces/cli/pack.py
msgid "where to (default: here)"
msgstr "wohin (sonst: hierher)"

#: steerco/interfaces/cli/pack.py
msgid "who may see the pack (readers)"
msgstr "wer die Mappe sehen darf (readers)"

#: steerco/interfaces/cli/pack.py
msgid "print files and fingerprint as JSON"
msgstr "Dateien und Fingerabdruck als JSON ausgeben"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "%(size)s bytes"
msgstr "%(size)s Bytes"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "fingerprint %(fingerprint)s"
msgstr "Fingerabdruck %(fingerprint)s"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "%(name)s, as of %(day)s, in %(seconds)s s"
msgstr "%(name)s, Stand %(day)s, in %(seconds)s s"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "%(name)s, as of %(day)s against %(before)s, in %(seconds)s s"
msgstr "%(name)s, Stand %(day)s gegen %(before)s, in %(seconds)s s"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "%(code)s has no reports: nothing can be put into a pack"
msgstr "%(code)s hat keine Berichte: in eine Mappe kann nichts kommen"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "%(code)s has no reports before %(day)s"
msgstr "%(code)s hat keine Berichte vor dem %(day)s"

#: steerco/interfaces/cli/pack.py
#, python-format
msgid "choose among %(formats)s"
msgstr "bitte wählen aus %(formats)s"

#: steerco/interfaces/cli/parsing.py
msgid "usage: "
msgstr "Aufruf: "

#: steerco/interfaces/cli/parsing.py
msgid "positional arguments"
msgstr "Angaben"

#: steerco/interfaces/cli/parsing.py
msgid "show this help message and exit"
msgstr "diese Hilfe zeigen"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "%(prog)s: error: %(message)s\n"
msgstr "%(prog)s: Fehler: %(message)s\n"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "argument %(argument_name)s: %(message)s"
msgstr "Angabe %(argument_name)s: %(message)s"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "the following arguments are required: %s"
msgstr "diese Angaben fehlen: %s"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "one of the arguments %s is required"
msgstr "eine dieser Angaben ist nötig: %s"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "unrecognized arguments: %s"
msgstr "unbekannte Angaben: %s"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "ambiguous option: %(option)s could match %(matches)s"
msgstr "mehrdeutige Option: %(option)s kann %(matches)s meinen"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "invalid choice: %(value)r (choose from %(choices)s)"
msgstr "%(value)r steht nicht zur Wahl (möglich: %(choices)s)"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "invalid %(type)s value: %(value)r"
msgstr "kein Wert der Art %(type)s: %(value)r"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "unknown parser %(parser_name)r (choices: %(choices)s)"
msgstr "unbekanntes Wort %(parser_name)r (möglich: %(choices)s)"

#: steerco/interfaces/cli/parsing.py
msgid "expected one argument"
msgstr "ein Wert wird erwartet"

#: steerco/interfaces/cli/parsing.py
msgid "expected at most one argument"
msgstr "höchstens ein Wert wird erwartet"

#: steerco/interfaces/cli/parsing.py
msgid "expected at least one argument"
msgstr "mindestens ein Wert wird erwartet"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "expected %s argument"
msgid_plural "expected %s arguments"
msgstr[0] "%s Wert wird erwartet"
msgstr[1] "%s Werte werden erwartet"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "not allowed with argument %s"
msgstr "nicht zusammen mit %s möglich"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "ignored explicit argument %r"
msgstr "ein Wert ist hier nicht vorgesehen: %r"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "unexpected option string: %s"
msgstr "unerwartete Option: %s"

#: steerco/interfaces/cli/parsing.py
msgctxt "of a command"
msgid "options"
msgstr "Optionen"

#: steerco/interfaces/cli/parsing.py
msgid "answer as JSON"
msgstr "als JSON antworten"

#: steerco/interfaces/cli/parsing.py
#, python-format
msgid "%(text)s is no date; write it as 2026-03-31"
msgstr "%(text)s ist kein Datum; Schreibweise: 2026-03-31"

#: steerco/interfaces/cli/parsing.py
msgctxt "how the command line writes a date"
msgid "Y-m-d"
msgstr "d.m.Y"

#: steerco/interfaces/cli/parsing.py steerco/kit/health/checks.py
msgctxt "how the command line writes a moment"
msgid "Y-m-d H:i:s"
msgstr "d.m.Y H:i:s"

#: steerco/interfaces/cli/prepare.py
msgid "the database is not prepared for this version; run: steerco up, or steerco up --prepare"
msgstr "die Datenbank ist für diese Version nicht vorbereitet; Abhilfe: steerco up oder steerco up --prepare"

#: steerco/interfaces/cli/prepare.py
#, python-format
msgid "The database as it was is kept in %(file)s"
msgstr "Die bisherige Datenbank liegt als Kopie in %(file)s"

#: steerco/interfaces/cli/prepare.py
#, python-format
msgid "Applying %(count)s migration"
msgid_plural "Applying %(count)s migrations"
msgstr[0] "%(count)s Datenbankänderung wird angewandt"
msgstr[1] "%(count)s Datenbankänderungen werden angewandt"

#: steerco/interfaces/cli/prepare.py
msgid "Assets collected"
msgstr "Dateien der Oberfläche eingesammelt"

#: steerco/interfaces/cli/reindex.py
msgid "Build the text index anew that search and lists searched by a word use."
msgstr "Den Textindex neu aufbauen, den die Suche und die Wortsuche in Listen verwenden."

#: steerco/interfaces/cli/reindex.py
msgid "Needed only when the doctor says so: every write keeps the index, `up` and `restore` build what is missing. Others may go on working meanwhile."
msgstr "Nur nötig, wenn `doctor` es sagt: Jedes Schreiben hält den Index aktuell, `up` und `restore` bauen, was fehlt. Andere arbeiten währenddessen weiter."

#: steerco/interfaces/cli/reindex.py
#, python-format
msgid "%(rows)s rows are in the text index"
msgstr "%(rows)s Zeilen stehen im Textindex"

#: steerco/interfaces/cli/restore.py
msgid "Read a backup into an empty installation, on the database engine that this one uses."
msgstr "Eine Sicherung in eine leere Installation einlesen, in die Datenbank, die diese verwendet."

#: steerco/interfaces/cli/restore.py
msgid "beside the present one"
msgstr "neben die jetzige"

#: steerco/interfaces/cli/restore.py
msgid "from SQLite to PostgreSQL, or back"
msgstr "von SQLite nach PostgreSQL oder zurück"

#: steerco/interfaces/cli/restore.py
msgid "SQLite: the present data is moved aside first"
msgstr "SQLite: die jetzigen Daten werden zuerst beiseitegelegt"

#: steerco/interfaces/cli/restore.py
msgid "All or nothing. What was loaded is compared with the backup's hashes and the audit chain is verified. The copy sends no mail and runs no schedule until `steerco resume`. Nothing may be running on the installation meanwhile."
msgstr "Alles oder nichts. Das Geladene wird mit den Prüfsummen der Sicherung verglichen, die Prüfkette nachgerechnet. Die Kopie sendet keine Mail und folgt keinem Zeitplan bis `steerco resume`. Währenddessen darf auf der Installation nichts laufen."

#: steerco/interfaces/cli/restore.py
msgid "move the present SQLite installation aside first"
msgstr "die jetzige SQLite-Installation zuerst beiseitelegen"

#: steerco/interfaces/cli/restore.py
msgid "a worker is running on this installation; stop it first"
msgstr "auf dieser Installation läuft ein Arbeitsprozess; bitte zuerst anhalten"

#: steerco/interfaces/cli/restore.py
#, python-format
msgid "The present data is now in %(folder)s"
msgstr "Die bisherigen Daten liegen jetzt in %(folder)s"

#: steerco/interfaces/cli/restore.py
msgid "this installation holds data; use an empty one, or --replace"
msgstr "diese Installation enthält Daten; bitte eine leere verwenden oder --replace"

#: steerco/interfaces/cli/restore.py
#, python-format
msgid "%(rows)s rows and %(files)s files restored; the audit chain is whole"
msgstr "%(rows)s Zeilen und %(files)s Dateien wiederhergestellt; die Prüfkette ist vollständig"

#: steerco/interfaces/cli/restore.py
msgid "Mail and schedules are paused: steerco resume mail, steerco resume schedules"
msgstr "Mails und Zeitpläne ruhen: steerco resume mail, steerco resume schedules"

#: steerco/interfaces/cli/resume.py
msgid "Let something go on that a restore (or the operator) has stopped."
msgstr "Weiterlaufen lassen, was eine Wiederherstellung (oder der Betreiber) angehalten hat."

#: steerco/interfaces/cli/resume.py
#, python-format
msgid "%(name)s goes on"
msgstr "%(name)s läuft weiter"

#: steerco/interfaces/cli/resume.py
#, python-format
msgid "%(name)s was not paused"
msgstr "%(name)s ruhte nicht"

#: steerco/interfaces/cli/server_files.py
#, python-format
msgid "%(name)s holds a single quote or a line break, which cannot be written here"
msgstr "%(name)s enthält ein einfaches Anführungszeichen oder einen Zeilenumbruch; das lässt sich hier nicht schreiben"

#: steerco/interfaces/cli/up.py
#, python-format
msgid "%(name)s ended with %(status)s; it is started again"
msgstr "%(name)s endete mit %(status)s; Neustart"

#: steerco/interfaces/cli/up.py
msgid "Prepare the database and serve Steerco with its worker, until stopped by SIGTERM or Ctrl-C."
msgstr "Die Datenbank vorbereiten und Steerco mit seinem Arbeitsprozess betreiben, bis SIGTERM oder Strg-C es beendet."

#: steerco/interfaces/cli/up.py
msgid "Before migrations an SQLite database is copied into `backups` in the data folder. The web server listens on this machine only; to let others in, put a TLS proxy before it (docs/guide/admin.md)."
msgstr "Vor Datenbankänderungen wird eine SQLite-Datenbank nach `backups` im Datenordner kopiert. Der Webserver antwortet nur auf diesem Rechner; für andere gehört ein TLS-Proxy davor (docs/guide/admin.md)."

#: steerco/interfaces/cli/up.py
msgid "only prepare the database and the files, then end"
msgstr "nur Datenbank und Dateien vorbereiten, dann enden"

#: steerco/interfaces/cli/up.py
msgid "where `steerco worker` runs as a service of its own"
msgstr "wo `steerco worker` als eigener Dienst läuft"

#: steerco/interfaces/cli/up.py steerco/site/demo/command.py
msgid "the port to serve on (PORT, else 8000)"
msgstr "der Port (PORT, sonst 8000)"

#: steerco/interfaces/cli/up.py
msgid "only prepare the database and the files"
msgstr "nur Datenbank und Dateien vorbereiten"

#: steerco/interfaces/cli/up.py
msgid "serve without running jobs"
msgstr "ohne Aufträge auszuführen"

#: steerco/interfaces/cli/up.py
msgid "web processes (1; on a server: one per core)"
msgstr "Webprozesse (1; auf einem Server: einer je Kern)"

#: steerco/interfaces/cli/up.py
msgid "requests that one process serves at once (4)"
msgstr "Anfragen, die ein Prozess zugleich bedient (4)"

#: steerco/interfaces/cli/up.py
#, python-format
msgid "port %(port)s is in use; choose another: PORT=%(other)s steerco up"
msgstr "Port %(port)s ist belegt; bitte einen anderen wählen: PORT=%(other)s steerco up"

#: steerco/interfaces/cli/up.py
msgid "web server"
msgstr "Webserver"

#: steerco/interfaces/cli/up.py steerco/kit/health/checks.py
msgid "worker"
msgstr "Arbeitsprozess"

#: steerco/interfaces/cli/up.py
#, python-format
msgid "Steerco is at %(address)s   (Ctrl-C stops it)"
msgstr "Steerco ist unter %(address)s   (Strg-C beendet es)"

#: steerco/interfaces/cli/up.py
#, python-format
msgid "the web server does not answer: %(why)s"
msgstr "der Webserver antwortet nicht: %(why)s"

#: steerco/interfaces/cli/user.py
msgid "Accounts and the posts that give them rights."
msgstr "Konten und die Stellen, die ihnen Rechte geben."

#: steerco/interfaces/cli/user.py
msgid "reads the new one from standard input, or makes one"
msgstr "liest das neue aus der Standardeingabe (--password-stdin) oder erzeugt eines"

#: steerco/interfaces/cli/user.py
msgid "A role is held on an initiative and everything below it (--on CODE), or on the whole organisation."
msgstr "Eine Rolle gilt für ein Vorhaben mit allem darunter (--on KÜRZEL) oder für die ganze Organisation."

#: steerco/interfaces/cli/user.py
msgid "make an account"
msgstr "ein Konto anlegen"

#: steerco/interfaces/cli/user.py
msgid "email"
msgstr "E-Mail-Adresse"

#: steerco/interfaces/cli/user.py
msgid "the person's name (default: the address)"
msgstr "der Name der Person (sonst: die Adresse)"

#: steerco/interfaces/cli/user.py
msgid "a role to give at once"
msgstr "eine Rolle, die sofort vergeben wird"

#: steerco/interfaces/cli/user.py
msgid "the initiative that the role is held on (default: everything)"
msgstr "das Vorhaben, für das die Rolle gilt (sonst: alles)"

#: steerco/interfaces/cli/user.py
msgid "read the password instead of making one"
msgstr "das Passwort einlesen, statt eines zu erzeugen"

#: steerco/interfaces/cli/user.py
msgid "all accounts with their posts"
msgstr "alle Konten mit ihren Stellen"

#: steerco/interfaces/cli/user.py
msgid "give a role"
msgstr "eine Rolle vergeben"

#: steerco/interfaces/cli/user.py
msgid "the role to give"
msgstr "die Rolle"

#: steerco/interfaces/cli/user.py
msgid "set a password; all sessions of the account end"
msgstr "ein Passwort setzen; alle Sitzungen des Kontos enden"

#: steerco/interfaces/cli/user.py
msgid "read it instead of making one"
msgstr "einlesen, statt eines zu erzeugen"

#: steerco/interfaces/cli/user.py
msgid "close an account, with effect on the next request"
msgstr "ein Konto schließen; wirkt ab der nächsten Anfrage"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s is now %(role)s on %(place)s"
msgstr "%(address)s ist jetzt %(role)s, gültig für: %(place)s"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s can no longer sign in"
msgstr "%(address)s kann sich nicht mehr anmelden"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "there is no account %(address)s"
msgstr "es gibt kein Konto %(address)s"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s is nobody's account yet: link it to a person first"
msgstr "%(address)s gehört noch zu keiner Person: bitte zuerst mit einer verbinden"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s is no e-mail address"
msgstr "%(address)s ist keine E-Mail-Adresse"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "there is an account %(address)s already"
msgstr "es gibt bereits ein Konto %(address)s"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s can sign in"
msgstr "%(address)s kann sich anmelden"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(address)s can sign in with the password %(password)s"
msgstr "%(address)s kann sich anmelden mit dem Passwort %(password)s"

#: steerco/interfaces/cli/user.py
#, python-format
msgid "%(role)s on %(code)s"
msgstr "%(role)s für %(code)s"

#: steerco/interfaces/cli/user.py
msgid "(closed)"
msgstr "(geschlossen)"

#: steerco/interfaces/cli/verify_audit.py
msgid "a head is POSITION:CHAIN as this command prints it"
msgstr "erwartet wird POSITION:KETTE, wie dieser Befehl es ausgibt"

#: steerco/interfaces/cli/verify_audit.py
msgid "Recompute the audit chain from its first event and compare it with what is stored."
msgstr "Die Prüfkette vom ersten Ereignis an nachrechnen und mit dem Gespeicherten vergleichen."

#: steerco/interfaces/cli/verify_audit.py
msgid "the chain must also pass through a head that was noted before"
msgstr "die Kette muss auch durch ein früher notiertes Ende laufen"

#: steerco/interfaces/cli/verify_audit.py
msgid "Note the head that it prints (a backup does): with it, even a cut-off end of the chain is found later."
msgstr "Das ausgegebene Ende bitte notieren (eine Sicherung tut es): Damit fällt später auch ein abgeschnittenes Ende der Kette auf."

#: steerco/interfaces/cli/verify_audit.py
msgid "a head noted before"
msgstr "ein früher notiertes Ende"

#: steerco/interfaces/cli/verify_audit.py
#, python-format
msgid "%(sealed)s sealed events recomputed, %(erased)s of them erased"
msgstr "%(sealed)s versiegelte Ereignisse nachgerechnet, davon %(erased)s gelöscht"

#: steerco/interfaces/cli/verify_audit.py
#, python-format
msgid "%(count)s events are not sealed yet, from sequence %(first)s, since %(moment)s"
msgstr "%(count)s Ereignisse sind noch nicht versiegelt, ab Nummer %(first)s, seit %(moment)s"

#: steerco/interfaces/cli/verify_audit.py
#, python-format
msgid "NOT WHOLE: position %(position)s: %(why)s"
msgstr "NICHT VOLLSTÄNDIG: Position %(position)s: %(why)s"

#: steerco/interfaces/cli/verify_audit.py
#, python-format
msgid "The chain is whole. Head %(head)s"
msgstr "Die Kette ist vollständig. Ende %(head)s"

#: steerco/interfaces/cli/verify_media.py
msgid "Compare the stored files with the hashes in their names, and the rows that name files with the files."
msgstr "Die gespeicherten Dateien mit den Prüfsummen in ihren Namen vergleichen, und die Zeilen, die Dateien nennen, mit den Dateien."

#: steerco/interfaces/cli/verify_media.py
msgid "A file that no row names is listed, too; it is no fault (a write may have died between file and row)."
msgstr "Auch eine Datei, die keine Zeile nennt, wird aufgeführt; sie ist kein Fehler (ein Schreiben kann zwischen Datei und Zeile abgebrochen sein)."

#: steerco/interfaces/cli/verify_media.py
msgid "damaged"
msgstr "beschädigt"

#: steerco/interfaces/cli/verify_media.py
msgid "unnamed"
msgstr "von keiner Zeile genannt"

#: steerco/interfaces/cli/verify_media.py
#, python-format
msgid "%(files)s files read, %(named)s of them named by rows"
msgstr "%(files)s Dateien gelesen, davon %(named)s von Zeilen genannt"

#: steerco/interfaces/cli/worker.py
msgid "Run jobs, look at the schedules, seal the audit trail and send mail, until stopped by SIGTERM or Ctrl-C."
msgstr "Aufträge ausführen, Zeitpläne verfolgen, das Prüfprotokoll versiegeln und Mails senden, bis SIGTERM oder Strg-C es beendet."

#: steerco/interfaces/cli/worker.py
msgid "`steerco up` runs one of these by itself. A server with much to do runs more of them beside it: jobs are claimed by one worker each, and what only one may do at a time is done by one."
msgstr "`steerco up` betreibt selbst einen davon. Ein Server mit viel Arbeit betreibt weitere daneben: Jeden Auftrag übernimmt genau ein Arbeitsprozess, und was nur einer zugleich tun darf, tut einer."

#: steerco/interfaces/cli/worker.py
msgid "run what is due now, then end"
msgstr "ausführen, was jetzt fällig ist, dann enden"

#: steerco/interfaces/cli/worker.py
#, python-format
msgid "Worker %(number)s is running"
msgstr "Arbeitsprozess %(number)s läuft"

#: steerco/kit/backup/restore.py
msgid "restored from a backup"
msgstr "aus einer Sicherung wiederhergestellt"

#: steerco/kit/backup/restore.py
#, python-format
msgid "it was made by version %(version)s with another schema (%(count)s migrations): restore it with that version, then upgrade"
msgstr "sie stammt von Version %(version)s mit anderem Datenbankaufbau (%(count)s Datenbankänderungen): bitte mit jener Version wiederherstellen, dann aktualisieren"

#: steerco/kit/backup/restore.py
#, python-format
msgid "audit chain, position %(position)s: %(why)s"
msgstr "Prüfkette, Position %(position)s: %(why)s"

#: steerco/kit/backup/restore.py
msgid "its tables are not those of this version"
msgstr "ihre Tabellen sind nicht die dieser Version"

#: steerco/kit/backup/restore.py
#, python-format
msgid "%(part)s did not come out as it went in"
msgstr "%(part)s kam nicht so heraus, wie es hineinging"

#: steerco/kit/backup/restore.py
msgid "make an empty database and name it in STEERCO_DATABASE_URL"
msgstr "bitte eine leere Datenbank anlegen und in STEERCO_DATABASE_URL nennen"

#: steerco/kit/backup/verify.py
msgid "there is no manifest: the file is not a backup, or was cut off"
msgstr "das Inhaltsverzeichnis fehlt: die Datei ist keine Sicherung oder wurde abgeschnitten"

#: steerco/kit/backup/verify.py
#, python-format
msgid "format %(format)s is not known here"
msgstr "Format %(format)s ist hier nicht bekannt"

#: steerco/kit/backup/verify.py
msgid "the parts are not those that the manifest lists"
msgstr "die Teile sind nicht die, die das Inhaltsverzeichnis aufführt"

#: steerco/kit/backup/verify.py
#, python-format
msgid "%(part)s is no acceptable name"
msgstr "%(part)s ist kein zulässiger Name"

#: steerco/kit/backup/verify.py
#, python-format
msgid "%(part)s is not what was written"
msgstr "%(part)s ist nicht, was geschrieben wurde"

#: steerco/kit/backup/verify.py
#, python-format
msgid "%(part)s has %(count)s rows instead of %(expected)s"
msgstr "%(part)s hat %(count)s Zeilen statt %(expected)s"

#: steerco/kit/backup/verify.py
#, python-format
msgid "%(part)s has a row with %(count)s columns"
msgstr "%(part)s hat eine Zeile mit %(count)s Spalten"

#: steerco/kit/backup/verify.py
#, python-format
msgid "the event at position %(position)s is not what was sealed"
msgstr "das Ereignis an Position %(position)s ist nicht, was versiegelt wurde"

#: steerco/kit/backup/verify.py
#, python-format
msgid "the audit chain breaks at position %(position)s"
msgstr "die Prüfkette bricht an Position %(position)s"

#: steerco/kit/backup/verify.py
msgid "the audit chain is not whole"
msgstr "die Prüfkette ist nicht vollständig"

#: steerco/kit/fields/custom.py
#, python-format
msgid "There is no field “%(key)s” here."
msgstr "Das Feld „%(key)s“ gibt es hier nicht."

#: steerco/kit/fields/custom.py
#, python-format
msgid "“%(field)s” is required."
msgstr "„%(field)s“ ist ein Pflichtfeld."

#: steerco/kit/fields/custom.py
#, python-format
msgid "“%(value)s” does not fit the field “%(field)s”."
msgstr "„%(value)s“ passt nicht zum Feld „%(field)s“."

#: steerco/kit/health/checks.py
msgid "database"
msgstr "Datenbank"

#: steerco/kit/health/checks.py
msgid "schema"
msgstr "Aufbau"

#: steerco/kit/health/checks.py
msgid "disk"
msgstr "Platte"

#: steerco/kit/health/checks.py
msgid "data folder"
msgstr "Datenordner"

#: steerco/kit/health/checks.py
msgid "audit"
msgstr "Prüfprotokoll"

#: steerco/kit/health/checks.py
msgid "search"
msgstr "Suche"

#: steerco/kit/health/checks.py steerco/kit/jobs/models.py
msgid "jobs"
msgstr "Aufträge"

#: steerco/kit/health/checks.py
msgid "pauses"
msgstr "Pausen"

#: steerco/kit/health/checks.py
msgid "python"
msgstr "Python"

#: steerco/kit/health/checks.py
msgid "backup"
msgstr "Sicherung"

#: steerco/kit/health/checks.py
msgid "fonts"
msgstr "Schriften"

#: steerco/kit/health/checks.py
msgid "address"
msgstr "Adresse"

#: steerco/kit/health/checks.py
msgid "test programs"
msgstr "Testprogramme"

#: steerco/kit/health/checks.py
#, python-format
msgid "does not answer: %(why)s"
msgstr "antwortet nicht: %(why)s"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(count)s migration is not applied; run: steerco up"
msgid_plural "%(count)s migrations are not applied; run: steerco up"
msgstr[0] "%(count)s Datenbankänderung ist nicht angewandt; Abhilfe: steerco up"
msgstr[1] "%(count)s Datenbankänderungen sind nicht angewandt; Abhilfe: steerco up"

#: steerco/kit/health/checks.py
msgid "is this version's"
msgstr "ist der dieser Version"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(size)s GB free at %(folder)s"
msgstr "%(size)s GB frei unter %(folder)s"

#: steerco/kit/health/checks.py
#, python-format
msgid "others may read: %(names)s"
msgstr "andere dürfen lesen: %(names)s"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(folder)s, for this account only"
msgstr "%(folder)s, nur für dieses Konto"

#: steerco/kit/health/checks.py
msgid "has never run; run: steerco up, or steerco worker"
msgstr "lief noch nie; Abhilfe: steerco up oder steerco worker"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(worker)s, last sign %(seconds)s s ago"
msgstr "%(worker)s, letztes Zeichen vor %(seconds)s s"

#: steerco/kit/health/checks.py
msgid "the database does not guard sealed events; run: steerco up"
msgstr "die Datenbank schützt versiegelte Ereignisse nicht; Abhilfe: steerco up"

#: steerco/kit/health/checks.py
msgid "every event is sealed"
msgstr "jedes Ereignis ist versiegelt"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(count)s events not sealed, the oldest for %(seconds)s s"
msgstr "%(count)s Ereignisse nicht versiegelt, das älteste seit %(seconds)s s"

#: steerco/kit/health/checks.py
#, python-format
msgid "not indexed: %(names)s; run: steerco reindex"
msgstr "nicht im Index: %(names)s; Abhilfe: steerco reindex"

#: steerco/kit/health/checks.py
msgid "every register is indexed"
msgstr "jedes Register ist im Index"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(waiting)s waiting, %(failed)s failed for good"
msgstr "%(waiting)s warten, %(failed)s endgültig gescheitert"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(waiting)s messages waiting, %(failed)s failed"
msgstr "%(waiting)s Nachrichten warten, %(failed)s gescheitert"

#: steerco/kit/health/checks.py
#, python-format
msgid "STEERCO_SMTP_HOST is not set, nothing is sent; %(seen)s"
msgstr "STEERCO_SMTP_HOST ist nicht gesetzt, nichts wird gesandt; %(seen)s"

#: steerco/kit/health/checks.py
#, python-format
msgid "through %(host)s; %(seen)s"
msgstr "über %(host)s; %(seen)s"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(name)s since %(moment)s (%(why)s)"
msgstr "%(name)s seit %(moment)s (%(why)s)"

#: steerco/kit/health/checks.py
#, python-format
msgid "%(paused)s. Go on with: steerco resume NAME"
msgstr "%(paused)s. Weiter mit: steerco resume NAME"

#: steerco/kit/health/checks.py
msgid "nothing is paused"
msgstr "nichts ruht"

#: steerco/kit/imports/bundles.py
msgid "Nothing in the file belongs to a register."
msgstr "Nichts in der Datei gehört zu einem Register."

#: steerco/kit/imports/bundles.py
msgid "It holds no entries of this register."
msgstr "Es enthält keine Einträge dieses Registers."

#: steerco/kit/imports/cells.py
msgid "Fill the cell."
msgstr "Bitte die Zelle füllen."

#: steerco/kit/imports/cells.py
#, python-format
msgid "Dates such as “%(text)s” are read %(order)s: nothing in the column proves the order."
msgstr "Daten wie „%(text)s“ werden so gelesen: %(order)s. Nichts in der Spalte belegt die Reihenfolge."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is not one day."
msgstr "„%s“ ist kein einzelner Tag."

#: steerco/kit/imports/cells.py
msgid "Write a full date, such as 2026-03-31."
msgstr "Bitte ein vollständiges Datum schreiben, etwa 2026-03-31."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is not a date."
msgstr "„%s“ ist kein Datum."

#: steerco/kit/imports/cells.py
msgid "Write a date, such as 2026-03-31."
msgstr "Bitte ein Datum schreiben, etwa 2026-03-31."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is read as empty."
msgstr "„%s“ wird als leer gelesen."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is not a number."
msgstr "„%s“ ist keine Zahl."

#: steerco/kit/imports/cells.py
msgid "Write digits only."
msgstr "Bitte nur Ziffern schreiben."

#: steerco/kit/imports/cells.py
#, python-format
msgid "Amounts under “%(header)s” are read in units of %(unit)s."
msgstr "Beträge unter „%(header)s“ werden in Einheiten von %(unit)s gelesen."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is not an amount."
msgstr "„%s“ ist kein Betrag."

#: steerco/kit/imports/cells.py
msgid "Write a number, such as 12500.00."
msgstr "Bitte eine Zahl schreiben, etwa 12500.00."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is not an amount in whole cents."
msgstr "„%s“ ist kein Betrag in ganzen Cent."

#: steerco/kit/imports/cells.py
msgid "Round it."
msgstr "Bitte runden."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%(header)s” counts otherwise than %(column)s: %(steps)s."
msgstr "„%(header)s“ zählt anders als %(column)s: %(steps)s."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%(text)s” is no step from %(low)s to %(high)s."
msgstr "„%(text)s“ ist keine Stufe von %(low)s bis %(high)s."

#: steerco/kit/imports/cells.py
msgid "Write the step as a number, or say below what the word means."
msgstr "Bitte die Stufe als Zahl schreiben oder unten angeben, was das Wort bedeutet."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%(text)s” is read as %(step)s."
msgstr "„%(text)s“ wird als %(step)s gelesen."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%(text)s” is none of: %(options)s."
msgstr "„%(text)s“ gehört nicht zu: %(options)s."

#: steerco/kit/imports/cells.py
msgid "Write one of them, or say below what the word means."
msgstr "Bitte eines davon schreiben oder unten angeben, was das Wort bedeutet."

#: steerco/kit/imports/cells.py
#, python-format
msgid "“%s” is neither yes nor no."
msgstr "„%s“ ist weder ja noch nein."

#: steerco/kit/imports/cells.py
msgid "Write yes or no."
msgstr "Bitte ja oder nein schreiben."

#: steerco/kit/imports/cells.py
msgid "Write the name or code as it stands in the system, or add it there first."
msgstr "Bitte Name oder Kürzel so schreiben, wie im System, oder dort zuerst anlegen."

#: steerco/kit/imports/cells.py steerco/kit/imports/writing.py
msgid "Correct the cell."
msgstr "Bitte die Zelle berichtigen."

#: steerco/kit/imports/confinement.py
msgid "The file could not be read within the limits of time and memory: split it, or save it as CSV."
msgstr "Die Datei ließ sich nicht innerhalb der Grenzen von Zeit und Speicher lesen: bitte aufteilen oder als CSV speichern."

#: steerco/kit/imports/exporting.py
msgid "Computed: what is typed here is only compared."
msgstr "Errechnet: Was hier eingetragen wird, wird nur verglichen."

#: steerco/kit/imports/exporting.py
msgid "Needed."
msgstr "Erforderlich."

#: steerco/kit/imports/exporting.py
msgid "Name or code as it stands in the system."
msgstr "Name oder Kürzel, wie im System."

#: steerco/kit/imports/exporting.py
msgid "A date, such as 2026-03-31."
msgstr "Ein Datum, etwa 2026-03-31."

#: steerco/kit/imports/exporting.py
msgid "An amount, such as 12500.00."
msgstr "Ein Betrag, etwa 12500.00."

#: steerco/kit/imports/finding.py
msgid "Several entries have exactly this title: taken in their order."
msgstr "Mehrere Einträge haben genau diesen Titel: der Reihe nach genommen."

#: steerco/kit/imports/finding.py
msgid "Recognised by its exact title."
msgstr "Am genauen Titel erkannt."

#: steerco/kit/imports/finding.py
msgid "Recognised by number and title."
msgstr "An Nummer und Titel erkannt."

#: steerco/kit/imports/finding.py
msgid "Recognised by its number, although the title differs."
msgstr "An der Nummer erkannt, obwohl der Titel abweicht."

#: steerco/kit/imports/forms.py
msgid "Files (.xlsx or .csv, several at once)"
msgstr "Dateien (.xlsx oder .csv, auch mehrere)"

#: steerco/kit/imports/forms.py
msgid "Or cells copied from a spreadsheet, with their headers"
msgstr "Oder aus einer Tabelle kopierte Zellen, mit Überschriften"

#: steerco/kit/imports/forms.py
msgid "Leave it empty when a column, the sheet or the file's name says it."
msgstr "Leer lassen, wenn eine Spalte, das Blatt oder der Dateiname es sagt."

#: steerco/kit/imports/forms.py steerco/kit/imports/services.py
msgid "Choose a file or paste cells first."
msgstr "Bitte zuerst eine Datei wählen oder Zellen einfügen."

#: steerco/kit/imports/forms.py steerco/kit/imports/services.py
#, python-format
msgid "More than %s files: import them in parts."
msgstr "Mehr als %s Dateien: bitte in Teilen importieren."

#: steerco/kit/imports/forms.py
#, python-format
msgid "“%(name)s” is larger than %(size)s MB: split it."
msgstr "„%(name)s“ ist größer als %(size)s MB: bitte aufteilen."

#: steerco/kit/imports/forms.py
msgid "Which entry a row means"
msgstr "Welchen Eintrag eine Zeile meint"

#: steerco/kit/imports/forms.py
msgid "by number, else by exact title"
msgstr "nach Nummer, sonst nach genauem Titel"

#: steerco/kit/imports/forms.py
msgid "by exact title only"
msgstr "nur nach genauem Titel"

#: steerco/kit/imports/forms.py
msgid "none: add every row as a new entry"
msgstr "keinen: jede Zeile als neuen Eintrag anlegen"

#: steerco/kit/imports/forms.py
msgid "Where rows belong that do not say it"
msgstr "Wohin Zeilen gehören, die es nicht sagen"

#: steerco/kit/imports/forms.py
msgid "chosen place, else sheet name, else file name"
msgstr "gewählter Ort, sonst Blattname, sonst Dateiname"

#: steerco/kit/imports/forms.py
msgid "the chosen place only"
msgstr "nur der gewählte Ort"

#: steerco/kit/imports/forms.py
msgid "the sheet's name only"
msgstr "nur der Blattname"

#: steerco/kit/imports/forms.py
msgid "the file's name only"
msgstr "nur der Dateiname"

#: steerco/kit/imports/forms.py
msgid "Dates that can be read two ways"
msgstr "Daten, die sich auf zwei Arten lesen lassen"

#: steerco/kit/imports/forms.py
msgid "as my language has them"
msgstr "wie in meiner Sprache"

#: steerco/kit/imports/forms.py
msgid "day first (31/12)"
msgstr "Tag zuerst (31/12)"

#: steerco/kit/imports/forms.py
msgid "month first (12/31)"
msgstr "Monat zuerst (12/31)"

#: steerco/kit/imports/forms.py
msgid "Take rows with a wrong cell without that cell"
msgstr "Zeilen mit einer falschen Zelle ohne diese Zelle übernehmen"

#: steerco/kit/imports/forms.py
msgid "Empty cells empty the field"
msgstr "Leere Zellen leeren das Feld"

#: steerco/kit/imports/holding.py
msgid "the history of other entries"
msgstr "die Historie anderer Einträge"

#: steerco/kit/imports/holding.py
msgid "something that you may not see"
msgstr "etwas, das Sie nicht sehen dürfen"

#: steerco/kit/imports/merging.py
msgid "You may not change this value."
msgstr "Diesen Wert dürfen Sie nicht ändern."

#: steerco/kit/imports/merging.py
msgid "Leave the cell empty."
msgstr "Bitte die Zelle leer lassen."

#: steerco/kit/imports/merging.py
#, python-format
msgid "“%s” is not known."
msgstr "„%s“ ist nicht bekannt."

#: steerco/kit/imports/merging.py steerco/kit/imports/places.py
msgid "Write the code or name as it stands in the system."
msgstr "Bitte Kürzel oder Name so schreiben, wie im System."

#: steerco/kit/imports/merging.py
#, python-format
msgid "The currency %s is taken from the amounts."
msgstr "Die Währung %s ist den Beträgen entnommen."

#: steerco/kit/imports/merging.py
#, python-format
msgid "The amount is in %(named)s, the entry in %(present)s."
msgstr "Der Betrag ist in %(named)s, der Eintrag in %(present)s."

#: steerco/kit/imports/merging.py
msgid "Convert the amount, or change the entry's currency first."
msgstr "Bitte den Betrag umrechnen oder zuerst die Währung des Eintrags ändern."

#: steerco/kit/imports/merging.py
#, python-format
msgid "You may not take an entry to “%s”."
msgstr "Sie dürfen keinen Eintrag in den Status „%s“ bringen."

#: steerco/kit/imports/merging.py
msgid "Import it in an earlier state; somebody who decides takes it on."
msgstr "Bitte in einem früheren Status importieren; wer entscheiden darf, führt ihn weiter."

#: steerco/kit/imports/merging.py
msgid "Take it there step by step on its page."
msgstr "Bitte auf seiner Seite Schritt für Schritt dorthin bringen."

#: steerco/kit/imports/merging.py
msgid "Leave its state as it is."
msgstr "Bitte den Status belassen."

#: steerco/kit/imports/merging.py
msgid "The row has no title."
msgstr "Die Zeile hat keinen Titel."

#: steerco/kit/imports/merging.py
msgid "Fill the title, or leave the row out."
msgstr "Bitte den Titel füllen oder die Zeile weglassen."

#: steerco/kit/imports/merging.py
msgid "You may not change this entry."
msgstr "Sie dürfen diesen Eintrag nicht ändern."

#: steerco/kit/imports/merging.py
msgid "Leave the row as it was."
msgstr "Bitte die Zeile lassen, wie sie war."

#: steerco/kit/imports/models.py
msgid "not imported yet"
msgstr "noch nicht importiert"

#: steerco/kit/imports/models.py
msgid "import"
msgstr "Import"

#: steerco/kit/imports/models.py
msgid "imports"
msgstr "Importe"

#: steerco/kit/imports/models.py
msgid "imported file"
msgstr "importierte Datei"

#: steerco/kit/imports/models.py
msgid "imported files"
msgstr "importierte Dateien"

#: steerco/kit/imports/models.py
msgid "everybody may use it"
msgstr "alle dürfen sie verwenden"

#: steerco/kit/imports/models.py
msgid "mapping"
msgstr "Zuordnung"

#: steerco/kit/imports/models.py
msgid "mappings"
msgstr "Zuordnungen"

#: steerco/kit/imports/places.py
#, python-format
msgid "“%(place)s” is taken from the name of the sheet."
msgstr "„%(place)s“ ist dem Namen des Blatts entnommen."

#: steerco/kit/imports/places.py
#, python-format
msgid "“%(place)s” is taken from the name of the file."
msgstr "„%(place)s“ ist dem Namen der Datei entnommen."

#: steerco/kit/imports/planning.py
msgid "Empty cells leave what stands in an existing entry."
msgstr "Leere Zellen lassen stehen, was ein vorhandener Eintrag enthält."

#: steerco/kit/imports/planning.py
msgid "Its columns are not mapped."
msgstr "Die Spalten sind nicht zugeordnet."

#: steerco/kit/imports/planning.py
#, python-format
msgid "Rows of totals were left out: %d."
msgstr "Summenzeilen wurden ausgelassen: %d."

#: steerco/kit/imports/planning.py
#, python-format
msgid "%d row is a blank form; left out."
msgid_plural "%d rows are blank forms; left out."
msgstr[0] "%d Zeile ist ein leeres Formular; ausgelassen."
msgstr[1] "%d Zeilen sind leere Formulare; ausgelassen."

#: steerco/kit/imports/planning.py
#, python-format
msgid "Rows of other registers were left out: %s."
msgstr "Zeilen anderer Register wurden ausgelassen: %s."

#: steerco/kit/imports/planning.py
#, python-format
msgid "Rows that do not say which register they belong to: %d, left out."
msgstr "Zeilen, die nicht sagen, zu welchem Register sie gehören: %d, ausgelassen."

#: steerco/kit/imports/planning.py
#, python-format
msgid "The title was shortened; the whole text stands in “%s”."
msgstr "Der Titel wurde gekürzt; der ganze Text steht in „%s“."

#: steerco/kit/imports/planning.py
#, python-format
msgid "Nothing says where the row belongs (%s)."
msgstr "Nichts sagt, wohin die Zeile gehört (%s)."

#: steerco/kit/imports/planning.py
msgid "Add a column with the code, or choose the place for the whole file."
msgstr "Bitte eine Spalte mit dem Kürzel hinzufügen oder den Ort für die ganze Datei wählen."

#: steerco/kit/imports/planning.py steerco/kit/imports/siblings.py
#, python-format
msgid "row %s"
msgstr "Zeile %s"

#: steerco/kit/imports/planning.py
msgid "There is no such entry, or you may not see it."
msgstr "Diesen Eintrag gibt es nicht, oder Sie dürfen ihn nicht sehen."

#: steerco/kit/imports/planning.py
msgid "Leave the row out, or clear its cell in the hidden column to add it as a new one."
msgstr "Bitte die Zeile weglassen oder ihre Zelle in der verborgenen Spalte leeren, um sie neu anzulegen."

#: steerco/kit/imports/planning.py
#, python-format
msgid "This row and %s carry the same hidden id."
msgstr "Diese Zeile und %s tragen dieselbe verborgene Kennung."

#: steerco/kit/imports/planning.py
msgid "To add it as a new entry, clear its cells in the hidden column and in the number's."
msgstr "Um sie als neuen Eintrag anzulegen, bitte ihre Zellen in der verborgenen Spalte und in der Nummernspalte leeren."

#: steerco/kit/imports/planning.py
msgid "Another row has the same title: both are added."
msgstr "Eine andere Zeile hat denselben Titel: Beide werden angelegt."

#: steerco/kit/imports/planning.py
msgid "You may not import here."
msgstr "Sie dürfen hier nicht importieren."

#: steerco/kit/imports/planning.py
msgid "Ask for a post that may, or leave the row out."
msgstr "Bitte eine Stelle anfragen, die es darf, oder die Zeile weglassen."

#: steerco/kit/imports/planning.py steerco/kit/imports/writing.py
msgid "Leave the row out."
msgstr "Bitte die Zeile weglassen."

#: steerco/kit/imports/services.py
#, python-format
msgid "There is no place “%s”."
msgstr "Den Ort „%s“ gibt es nicht."

#: steerco/kit/imports/services.py
#, python-format
msgid "%(rows)s rows are more than the %(most)s of one import: split the file."
msgstr "%(rows)s Zeilen sind mehr als die %(most)s eines Imports: bitte die Datei aufteilen."

#: steerco/kit/imports/services.py
#, python-format
msgid "The sheet seems to hold: %s."
msgstr "Das Blatt scheint zu enthalten: %s."

#: steerco/kit/imports/services.py
msgid "This import is over."
msgstr "Dieser Import ist abgeschlossen."

#: steerco/kit/imports/services.py
#, python-format
msgid "Import of %s"
msgstr "Import von %s"

#: steerco/kit/imports/services.py
msgid "It was exported elsewhere or from another register: its hidden row ids are not used."
msgstr "Sie wurde anderswo oder aus einem anderen Register exportiert: Ihre verborgenen Zeilenkennungen werden nicht verwendet."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "“%(text)s” is taken for %(taken)s, which stands here; %(row)s has that name too."
msgstr "„%(text)s“ gilt als %(taken)s, das hier steht; %(row)s trägt den Namen auch."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "“%(text)s” is the name of more than one row: %(rows)s."
msgstr "„%(text)s“ ist der Name mehrerer Zeilen: %(rows)s."

#: steerco/kit/imports/siblings.py
msgid "Write a code that only one of them has."
msgstr "Bitte ein Kürzel schreiben, das nur eine davon hat."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "“%(text)s” is what %(row)s calls it from now on."
msgstr "„%(text)s“ heißt es laut %(row)s von nun an."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "%(text)s: will be created by %(row)s"
msgstr "%(text)s: wird durch %(row)s angelegt"

#: steerco/kit/imports/siblings.py
msgid "The row names itself."
msgstr "Die Zeile nennt sich selbst."

#: steerco/kit/imports/siblings.py
msgid "Name another one, or leave the cell empty."
msgstr "Bitte eine andere nennen oder die Zelle leer lassen."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "The rows %s name each other in a circle."
msgstr "Die Zeilen %s nennen einander im Kreis."

#: steerco/kit/imports/siblings.py
msgid "Empty one of these cells."
msgstr "Bitte eine dieser Zellen leeren."

#: steerco/kit/imports/siblings.py
#, python-format
msgid "“%(title)s” is not created: %(row)s is rejected."
msgstr "„%(title)s“ wird nicht angelegt: %(row)s ist abgelehnt."

#: steerco/kit/imports/siblings.py
msgid "Correct that row, or name what stands here."
msgstr "Bitte jene Zeile berichtigen oder nennen, was hier steht."

#: steerco/kit/imports/templates/imports/_job.html
#, python-format
msgid "%(rows)s row is ready."
msgid_plural "%(rows)s rows are ready."
msgstr[0] "%(rows)s Zeile ist fertig."
msgstr[1] "%(rows)s Zeilen sind fertig."

#: steerco/kit/imports/templates/imports/_job.html
msgid "Download"
msgstr "Herunterladen"

#: steerco/kit/imports/templates/imports/_job.html
msgid "The file could not be written. Try again, or narrow the list."
msgstr "Die Datei konnte nicht geschrieben werden. Bitte erneut versuchen oder die Liste eingrenzen."

#: steerco/kit/imports/templates/imports/_job.html
msgid "The list is long: the file is being written in the background. It appears here."
msgstr "Die Liste ist lang: Die Datei wird im Hintergrund geschrieben. Sie erscheint hier."

#: steerco/kit/imports/templates/imports/_steps.html
msgid "Steps of the import"
msgstr "Schritte des Imports"

#: steerco/kit/imports/templates/imports/_steps.html
#: steerco/kit/imports/templates/imports/columns.html
msgid "Check"
msgstr "Prüfen"

#: steerco/kit/imports/templates/imports/_steps.html
#: steerco/kit/imports/templates/imports/bundle.html
msgid "Imported"
msgstr "Importiert"

#: steerco/kit/imports/templates/imports/bundle.html
msgid "What the workbook holds"
msgstr "Was die Arbeitsmappe enthält"

#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
msgid "Imports"
msgstr "Importe"

#: steerco/kit/imports/templates/imports/bundle.html
msgid "Sheets"
msgstr "Blätter"

#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/imports/views/runs.py
msgid "Changed"
msgstr "Geändert"

#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/views/runs.py
msgid "Cells left out"
msgstr "Weggelassene Zellen"

#: steerco/kit/imports/templates/imports/bundle.html
#: steerco/kit/imports/templates/imports/index.html
msgid "What can be done"
msgstr "Was sich tun lässt"

#: steerco/kit/imports/templates/imports/bundle.html
msgid "To check"
msgstr "Zu prüfen"

#: steerco/kit/imports/templates/imports/bundle.html
msgid "Import all of it"
msgstr "Alles importieren"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Columns of the import"
msgstr "Spalten des Imports"

#: steerco/kit/imports/templates/imports/columns.html
msgid "row"
msgstr "Zeile"

#: steerco/kit/imports/templates/imports/columns.html
#, python-format
msgid "%(rows)s row"
msgid_plural "%(rows)s rows"
msgstr[0] "%(rows)s Zeile"
msgstr[1] "%(rows)s Zeilen"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Column in the file"
msgstr "Spalte in der Datei"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Read as"
msgstr "Gelesen als"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Because"
msgstr "Weil"

#: steerco/kit/imports/templates/imports/columns.html
#, python-format
msgid "Read %(header)s as"
msgstr "%(header)s lesen als"

#: steerco/kit/imports/templates/imports/columns.html
msgid "— leave out —"
msgstr "— weglassen —"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Steps"
msgstr "Stufen"

#: steerco/kit/imports/templates/imports/columns.html
#, python-format
msgid "How %(header)s counts"
msgstr "Wie %(header)s zählt"

#: steerco/kit/imports/templates/imports/columns.html
msgid "What holds for all rows"
msgstr "Was für alle Zeilen gilt"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Kept mappings and rows of headers"
msgstr "Gemerkte Zuordnungen und Überschriftszeilen"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Keep this mapping as"
msgstr "Diese Zuordnung merken als"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Everybody may use it"
msgstr "Alle dürfen sie verwenden"

#: steerco/kit/imports/templates/imports/columns.html
#, python-format
msgid "Headers of %(name)s stand in row"
msgstr "Überschriften von %(name)s stehen in Zeile"

#: steerco/kit/imports/templates/imports/columns.html
msgid "Read again"
msgstr "Neu einlesen"

#: steerco/kit/imports/templates/imports/index.html
#: steerco/kit/imports/templates/imports/workbook.html
msgid "Import a whole workbook"
msgstr "Ganze Arbeitsmappe importieren"

#: steerco/kit/imports/templates/imports/index.html
msgid "No imports yet."
msgstr "Noch keine Importe."

#: steerco/kit/imports/templates/imports/index.html
msgid "Open a register and choose Import."
msgstr "Bitte ein Register öffnen und Importieren wählen."

#: steerco/kit/imports/templates/imports/job.html
#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "Export"
msgstr "Exportieren"

#: steerco/kit/imports/templates/imports/run.html
msgid "Report as CSV"
msgstr "Bericht als CSV"

#: steerco/kit/imports/templates/imports/run.html
msgid "Change the columns"
msgstr "Spalten ändern"

#: steerco/kit/imports/templates/imports/run.html
#: steerco/kit/imports/views/runs.py
msgid "Changed here too"
msgstr "Auch hier geändert"

#: steerco/kit/imports/templates/imports/run.html
#, python-format
msgid "Import %(to_write)s entry"
msgid_plural "Import %(to_write)s entries"
msgstr[0] "%(to_write)s Eintrag importieren"
msgstr[1] "%(to_write)s Einträge importieren"

#: steerco/kit/imports/templates/imports/run.html
msgid "Undo this import"
msgstr "Diesen Import zurücknehmen"

#: steerco/kit/imports/templates/imports/run.html
msgid "What was left out or assumed"
msgstr "Was weggelassen oder angenommen wurde"

#: steerco/kit/imports/templates/imports/run.html
msgid "column left out"
msgstr "Spalte weggelassen"

#: steerco/kit/imports/templates/imports/run.html
#, python-format
msgid "%(filled)s filled cell"
msgid_plural "%(filled)s filled cells"
msgstr[0] "%(filled)s gefüllte Zelle"
msgstr[1] "%(filled)s gefüllte Zellen"

#: steerco/kit/imports/templates/imports/run.html
msgid "assumed"
msgstr "angenommen"

#: steerco/kit/imports/templates/imports/run.html
msgid "What these words mean"
msgstr "Was diese Wörter bedeuten"

#: steerco/kit/imports/templates/imports/run.html
msgid "— reject —"
msgstr "— ablehnen —"

#: steerco/kit/imports/templates/imports/run.html
msgid "Check again"
msgstr "Erneut prüfen"

#: steerco/kit/imports/templates/imports/run.html
msgid "Rows to show"
msgstr "Gezeigte Zeilen"

#: steerco/kit/imports/templates/imports/run.html
msgid "at the export"
msgstr "beim Export"

#: steerco/kit/imports/templates/imports/run.html
msgid "Theirs, as it stands here"
msgstr "Ihr Stand, wie er hier steht"

#: steerco/kit/imports/templates/imports/run.html
msgid "Mine, from the file"
msgstr "Meiner, aus der Datei"

#: steerco/kit/imports/templates/imports/run.html
msgid "Check again with these choices"
msgstr "Mit dieser Auswahl erneut prüfen"

#: steerco/kit/imports/templates/imports/run.html
msgid "Theirs everywhere"
msgstr "Überall den vorhandenen"

#: steerco/kit/imports/templates/imports/run.html
msgid "Mine everywhere"
msgstr "Überall meinen"

#: steerco/kit/imports/templates/imports/run.html
msgid "Nothing differs."
msgstr "Es gibt keine Unterschiede."

#: steerco/kit/imports/templates/imports/run.html
msgid "The files say what stands here already."
msgstr "Die Dateien sagen, was hier schon steht."

#: steerco/kit/imports/templates/imports/start.html
msgid "A whole workbook"
msgstr "Eine ganze Arbeitsmappe"

#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "Empty Excel template"
msgstr "Leere Excel-Vorlage"

#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/imports/templates/imports/workbook.html
msgid "Earlier imports"
msgstr "Frühere Importe"

#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/imports/templates/imports/workbook.html
#, python-brace-format
msgid "{rows} rows, {columns} columns pasted"
msgstr "{rows} Zeilen, {columns} Spalten eingefügt"

#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/imports/templates/imports/workbook.html
msgid "Read"
msgstr "Einlesen"

#: steerco/kit/imports/templates/imports/start.html
#: steerco/kit/imports/templates/imports/workbook.html
msgid "Nothing is imported yet: you see what would change first, and an import can be undone."
msgstr "Noch wird nichts importiert: Sie sehen zuerst, was sich ändern würde, und ein Import lässt sich zurücknehmen."

#: steerco/kit/imports/templates/imports/workbook.html
msgid "Risks, issues, actions and the rest of one file at once: each sheet, or each row, goes to its register."
msgstr "Risiken, offene Punkte, Maßnahmen und alles andere aus einer Datei auf einmal: Jedes Blatt, oder jede Zeile, geht in ihr Register."

#: steerco/kit/imports/undoing.py
msgid "Nothing was undone: something hangs on what this import created."
msgstr "Nichts wurde zurückgenommen: An dem, was dieser Import angelegt hat, hängt anderes."

#: steerco/kit/imports/undoing.py
msgid "Import undone"
msgstr "Import zurückgenommen"

#: steerco/kit/imports/undoing.py
msgid "It was deleted since, or you may not see it."
msgstr "Er wurde seither gelöscht, oder Sie dürfen ihn nicht sehen."

#: steerco/kit/imports/undoing.py
msgid "Somebody changed it since."
msgstr "Jemand hat ihn seither geändert."

#: steerco/kit/imports/undoing.py
msgid "You may not delete it."
msgstr "Sie dürfen ihn nicht löschen."

#: steerco/kit/imports/undoing.py
#, python-format
msgid "Held by: %s."
msgstr "Gehalten von: %s."

#: steerco/kit/imports/views/bundles.py steerco/kit/imports/views/checking.py
msgid "Too many rows are refused one after the other: put the file right first."
msgstr "Zu viele Zeilen werden nacheinander abgelehnt: bitte zuerst die Datei berichtigen."

#: steerco/kit/imports/views/bundles.py
#, python-format
msgid "%s: something changed since the check. Look at it again."
msgstr "%s: Seit der Prüfung hat sich etwas geändert. Bitte erneut ansehen."

#: steerco/kit/imports/views/bundles.py
#, python-format
msgid "%d register imported."
msgid_plural "%d registers imported."
msgstr[0] "%d Register importiert."
msgstr[1] "%d Register importiert."

#: steerco/kit/imports/views/columns.py
msgid "by its header"
msgstr "an der Überschrift"

#: steerco/kit/imports/views/columns.py
msgid "by its content"
msgstr "am Inhalt"

#: steerco/kit/imports/views/columns.py
msgid "kept mapping"
msgstr "gemerkte Zuordnung"

#: steerco/kit/imports/views/columns.py
msgid "exported here"
msgstr "hier exportiert"

#: steerco/kit/imports/views/columns.py
#: steerco/kit/registers/templates/registers/_table.html
msgid "chosen"
msgstr "gewählt"

#: steerco/kit/imports/views/columns.py
#, python-format
msgid "The mapping is kept as “%s”."
msgstr "Die Zuordnung ist als „%s“ gemerkt."

#: steerco/kit/imports/views/columns.py
msgid "Left out by choice."
msgstr "Auf Wunsch weggelassen."

#: steerco/kit/imports/views/columns.py
msgid "found by itself"
msgstr "selbst erkannt"

#: steerco/kit/imports/views/columns.py
msgid "percent"
msgstr "Prozent"

#: steerco/kit/imports/views/columns.py
#, python-format
msgid "1 to %s, 1 is the highest"
msgstr "1 bis %s, 1 ist das höchste"

#: steerco/kit/imports/views/columns.py
#, python-format
msgid "1 to %s"
msgstr "1 bis %s"

#: steerco/kit/imports/views/columns.py
#, python-format
msgid "%s (compared only)"
msgstr "%s (nur verglichen)"

#: steerco/kit/imports/views/columns.py
msgid "The register that the row belongs to"
msgstr "Das Register, zu dem die Zeile gehört"

#: steerco/kit/imports/views/runs.py
msgid "Something changed since the check. Nothing was imported: look again."
msgstr "Seit der Prüfung hat sich etwas geändert. Nichts wurde importiert: bitte erneut ansehen."

#: steerco/kit/imports/views/runs.py
#, python-format
msgid "%d entry imported."
msgid_plural "%d entries imported."
msgstr[0] "%d Eintrag importiert."
msgstr[1] "%d Einträge importiert."

#: steerco/kit/imports/views/runs.py
#, python-format
msgid "%s more rows are held."
msgstr "%s weitere Zeilen werden gehalten."

#: steerco/kit/imports/views/runs.py
msgid "Discarded. Nothing was imported."
msgstr "Verworfen. Nichts wurde importiert."

#: steerco/kit/imports/writing.py
msgid "Somebody changed this entry meanwhile."
msgstr "Jemand hat diesen Eintrag inzwischen geändert."

#: steerco/kit/imports/writing.py
msgid "Check again."
msgstr "Bitte erneut prüfen."

#: steerco/kit/imports/writing.py
msgid "You may not do this."
msgstr "Das dürfen Sie nicht."

#: steerco/kit/imports/writing.py
#, python-format
msgid "%(label)s: the file says “%(theirs)s” (%(cell)s), computed is “%(ours)s”."
msgstr "%(label)s: Die Datei sagt „%(theirs)s“ (%(cell)s), errechnet ist „%(ours)s“."

#: steerco/kit/jobs/models.py
msgid "running"
msgstr "läuft"

#: steerco/kit/jobs/models.py
msgid "of"
msgstr "von"

#: steerco/kit/jobs/models.py
msgid "doing"
msgstr "Tätigkeit"

#: steerco/kit/jobs/models.py
msgid "error"
msgstr "Fehler"

#: steerco/kit/jobs/models.py
msgid "job"
msgstr "Auftrag"

#: steerco/kit/journal/seals.py
#, python-format
msgid "position %(position)s is missing"
msgstr "Position %(position)s fehlt"

#: steerco/kit/journal/seals.py
msgid "its content is gone and no erasure names it"
msgstr "sein Inhalt ist fort und keine Löschung nennt es"

#: steerco/kit/journal/seals.py
msgid "its content is not what was sealed"
msgstr "sein Inhalt ist nicht, was versiegelt wurde"

#: steerco/kit/journal/seals.py
msgid "it does not follow from the event before"
msgstr "es folgt nicht aus dem Ereignis davor"

#: steerco/kit/journal/seals.py
msgid "the chain does not pass through the expected head"
msgstr "die Kette läuft nicht durch das erwartete Ende"

#: steerco/kit/journal/seals.py
msgid "the end of the chain is missing"
msgstr "das Ende der Kette fehlt"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Keys"
msgstr "Tasten"

#: steerco/kit/pages/templates/pages/_keys.html steerco/site/navigation.py
#: steerco/site/templates/site/home.html
msgid "My work"
msgstr "Meine Arbeit"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Next and previous row"
msgstr "Nächste und vorige Zeile"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Open the row"
msgstr "Zeile öffnen"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Edit the cell"
msgstr "Zelle bearbeiten"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Choose the row"
msgstr "Zeile auswählen"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Leave without saving"
msgstr "Ohne Speichern verlassen"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "This list"
msgstr "Diese Liste"

#: steerco/kit/pages/templates/pages/_keys.html
msgid "Single keys are on"
msgstr "Einzelne Tasten sind aktiv"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Menu"
msgstr "Menü"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Open the menu"
msgstr "Menü öffnen"

#: steerco/kit/pages/templates/pages/_menu.html
#: steerco/site/templates/site/search.html
msgid "Search everything"
msgstr "Alles durchsuchen"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Look as"
msgstr "Ansehen als"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Switch"
msgstr "Wechseln"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Light"
msgstr "Hell"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Dark"
msgstr "Dunkel"

#: steerco/kit/pages/templates/pages/_menu.html
msgid "Sign out"
msgstr "Abmelden"

#: steerco/kit/pages/templates/pages/base.html
msgid "Skip to the content"
msgstr "Zum Inhalt springen"

#: steerco/kit/pages/templates/pages/base.html
msgid "This is example data."
msgstr "Das sind Beispieldaten."

#: steerco/kit/pages/templates/pages/base.html
#: steerco/site/templates/site/examples.html
msgid "Remove example data"
msgstr "Beispieldaten entfernen"

#: steerco/kit/registers/comparison.py
#, python-format
msgid "“%s” is no date to compare with."
msgstr "„%s“ ist kein Datum zum Vergleichen."

#: steerco/kit/registers/filters.py
#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Open or done"
msgstr "Offen oder erledigt"

#: steerco/kit/registers/filters.py
msgid "Mine only"
msgstr "Nur meine"

#: steerco/kit/registers/filters.py
msgid "at least"
msgstr "mindestens"

#: steerco/kit/registers/filters.py
msgid "at most"
msgstr "höchstens"

#: steerco/kit/registers/forms.py
msgid "by mail"
msgstr "per E-Mail"

#: steerco/kit/registers/forms.py
msgid "by phone"
msgstr "per Telefon"

#: steerco/kit/registers/forms.py
msgid "in a meeting"
msgstr "in einer Besprechung"

#: steerco/kit/registers/forms.py
msgid "in a file"
msgstr "in einer Datei"

#: steerco/kit/registers/forms.py
msgid "How it came"
msgstr "Wie es einging"

#: steerco/kit/registers/forms.py
msgid "On behalf of"
msgstr "Im Auftrag von"

#: steerco/kit/registers/inputs.py
#, python-format
msgid "“%(text)s” is not an amount."
msgstr "„%(text)s“ ist kein Betrag."

#: steerco/kit/registers/inputs.py
#, python-format
msgid "“%(text)s” is not an amount in whole cents."
msgstr "„%(text)s“ ist kein Betrag in ganzen Cent."

#: steerco/kit/registers/models.py
msgid "everybody sees it"
msgstr "alle sehen sie"

#: steerco/kit/registers/models.py
msgid "my default"
msgstr "mein Standard"

#: steerco/kit/registers/recordpage.py
msgid "restored"
msgstr "wiederhergestellt"

#: steerco/kit/registers/recordpage.py
msgid "import undone"
msgstr "Import zurückgenommen"

#: steerco/kit/registers/references.py
#, python-format
msgid "“%(text)s” is not one only: choose from the list."
msgstr "„%(text)s“ ist nicht eindeutig: bitte aus der Liste wählen."

#: steerco/kit/registers/references.py
#, python-format
msgid "“%(text)s” is not known. Did you mean %(near)s?"
msgstr "„%(text)s“ ist nicht bekannt. War %(near)s gemeint?"

#: steerco/kit/registers/tablerow.py
msgid "Choose all on this page"
msgstr "Alle auf dieser Seite auswählen"

#: steerco/kit/registers/tablerow.py
#, python-format
msgid "Choose %(title)s"
msgstr "%(title)s auswählen"

#: steerco/kit/registers/templates/registers/_cell_editor.html
#, python-format
msgid "Somebody made it “%(theirs)s” meanwhile. Save again to use yours, Esc to keep theirs."
msgstr "Jemand hat inzwischen „%(theirs)s“ eingetragen. Erneut speichern übernimmt Ihren Wert, Esc behält den anderen."

#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "Excel, these columns"
msgstr "Excel, diese Spalten"

#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "Excel, all columns"
msgstr "Excel, alle Spalten"

#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "CSV, these columns"
msgstr "CSV, diese Spalten"

#: steerco/kit/registers/templates/registers/_exchange_buttons.html
msgid "CSV, all columns"
msgstr "CSV, alle Spalten"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Show all rows again"
msgstr "Wieder alle Zeilen zeigen"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Chosen rows"
msgstr "Ausgewählte Zeilen"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Words or number"
msgstr "Wörter oder Nummer"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Group by"
msgstr "Gruppieren nach"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "not grouped"
msgstr "nicht gruppiert"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Changed since"
msgstr "Geändert seit"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "More filters and columns"
msgstr "Weitere Filter und Spalten"

#: steerco/kit/registers/templates/registers/_filter_form.html
msgid "Columns in order"
msgstr "Spalten in Reihenfolge"

#: steerco/kit/registers/templates/registers/_table.html
#, python-format
msgid "Since %(label)s: %(added)s added, %(changed)s changed, %(removed)s removed."
msgstr "Seit %(label)s: %(added)s hinzugekommen, %(changed)s geändert, %(removed)s weggefallen."

#: steerco/kit/registers/templates/registers/_table.html
#, python-format
msgid "more than %(count)s entries"
msgstr "mehr als %(count)s Einträge"

#: steerco/kit/registers/templates/registers/_table.html
#: steerco/kit/registers/templates/registers/bulk.html
msgid "Change them"
msgstr "Ändern"

#: steerco/kit/registers/templates/registers/_table.html
msgid "Change all that match"
msgstr "Alle Treffer ändern"

#: steerco/kit/registers/templates/registers/_table.html
#: steerco/kit/registers/templates/registers/form.html
#: steerco/kit/registers/templates/registers/list.html
#, python-format
msgid "Add: %(label)s"
msgstr "Neu: %(label)s"

#: steerco/kit/registers/templates/registers/bulk.html
msgid "Change several entries"
msgstr "Mehrere Einträge ändern"

#: steerco/kit/registers/templates/registers/bulk.html
#, python-format
msgid "%(count)s entry chosen."
msgid_plural "%(count)s entries chosen."
msgstr[0] "%(count)s Eintrag ausgewählt."
msgstr[1] "%(count)s Einträge ausgewählt."

#: steerco/kit/registers/templates/registers/bulk.html
#, python-format
msgid "%(count)s more is left alone: you may not change it."
msgid_plural "%(count)s more are left alone: you may not change them."
msgstr[0] "%(count)s weiterer bleibt unverändert: Sie dürfen ihn nicht ändern."
msgstr[1] "%(count)s weitere bleiben unverändert: Sie dürfen sie nicht ändern."

#: steerco/kit/registers/templates/registers/bulk.html
msgid "What to change"
msgstr "Was zu ändern ist"

#: steerco/kit/registers/templates/registers/bulk.html
msgid "Choose"
msgstr "Auswählen"

#: steerco/kit/registers/templates/registers/bulk.html
msgid "See what would change"
msgstr "Zeigen, was sich ändern würde"

#: steerco/kit/registers/templates/registers/bulk.html
#, python-format
msgid "%(count)s entry will change to “%(value)s”."
msgid_plural "%(count)s entries will change to “%(value)s”."
msgstr[0] "%(count)s Eintrag wird auf „%(value)s“ geändert."
msgstr[1] "%(count)s Einträge werden auf „%(value)s“ geändert."

#: steerco/kit/registers/templates/registers/form.html
msgid "Somebody changed this meanwhile"
msgstr "Jemand hat dies inzwischen geändert"

#: steerco/kit/registers/templates/registers/form.html
msgid "Nothing is lost: both values stand here. Save again to use yours."
msgstr "Nichts ist verloren: Beide Werte stehen hier. Erneut speichern übernimmt Ihren."

#: steerco/kit/registers/templates/registers/form.html
msgid "Field"
msgstr "Feld"

#: steerco/kit/registers/templates/registers/form.html
msgid "Theirs"
msgstr "Der andere"

#: steerco/kit/registers/templates/registers/form.html
msgid "Enter this for somebody else"
msgstr "Für jemand anderen eintragen"

#: steerco/kit/registers/templates/registers/list.html
msgid "Views"
msgstr "Ansichten"

#: steerco/kit/registers/templates/registers/list.html
msgid "Save this view"
msgstr "Diese Ansicht speichern"

#: steerco/kit/registers/templates/registers/list.html
msgid "Everybody sees it"
msgstr "Alle sehen sie"

#: steerco/kit/registers/templates/registers/list.html
msgid "Open this list so for me"
msgstr "Diese Liste für mich so öffnen"

#: steerco/kit/registers/templates/registers/record.html
msgid "Delete"
msgstr "Löschen"

#: steerco/kit/registers/templates/registers/record.html
#, python-format
msgid "As it stood on %(when)s."
msgstr "Stand vom %(when)s."

#: steerco/kit/registers/templates/registers/record.html
msgid "Show today"
msgstr "Heute zeigen"

#: steerco/kit/registers/templates/registers/record.html
msgid "It did not exist then."
msgstr "Damals gab es ihn noch nicht."

#: steerco/kit/registers/templates/registers/record.html
msgid "As it stood on"
msgstr "Stand vom"

#: steerco/kit/registers/views/bulk.py
msgid "Choose entries that you may change."
msgstr "Wählen Sie Einträge, die Sie ändern dürfen."

#: steerco/kit/registers/views/bulk.py
#, python-format
msgid "%s was changed meanwhile. Try again."
msgstr "%s wurde inzwischen geändert. Bitte erneut versuchen."

#: steerco/kit/registers/views/bulk.py
#, python-format
msgid "%d entry changed."
msgid_plural "%d entries changed."
msgstr[0] "%d Eintrag geändert."
msgstr[1] "%d Einträge geändert."

#: steerco/kit/registers/views/records.py
#, python-format
msgid "Done: %s"
msgstr "Erledigt: %s"

#: steerco/kit/registers/views/records.py
msgid "Restored."
msgstr "Wiederhergestellt."

#: steerco/kit/registers/views/records.py
msgid "Deleted. It can be restored from this page."
msgstr "Gelöscht. Auf dieser Seite lässt sich der Eintrag wiederherstellen."

#: steerco/site/demo/checklist.py
msgid "Open the red project"
msgstr "Das rote Projekt öffnen"

#: steerco/site/demo/checklist.py
msgid "See what was declared, what the figures say, and why."
msgstr "Sehen, was gemeldet wurde, was die Zahlen sagen und warum."

#: steerco/site/demo/checklist.py
msgid "Change a risk"
msgstr "Ein Risiko ändern"

#: steerco/site/demo/checklist.py
msgid "Click a score, then find your change in the risk's history."
msgstr "Einen Risikowert anklicken, dann die Änderung im Verlauf des Risikos finden."

#: steerco/site/demo/checklist.py
msgid "Move a milestone"
msgstr "Einen Meilenstein verschieben"

#: steerco/site/demo/checklist.py
msgid "Change a forecast and see it against the baseline."
msgstr "Eine Prognose ändern und gegenüber dem Basisplan sehen."

#: steerco/site/demo/checklist.py
msgid "A minute later there is a PowerPoint file with charts that can be edited."
msgstr "Eine Minute später liegt eine PowerPoint-Datei mit bearbeitbaren Diagrammen vor."

#: steerco/site/demo/checklist.py
msgid "Build the board pack and download it"
msgstr "Mappe für den Lenkungsausschuss erstellen"

#: steerco/site/demo/checklist.py
msgid "First steps"
msgstr "Erste Schritte"

#: steerco/site/demo/command.py
msgid "Open the red project and read why it is red"
msgstr "Das rote Projekt öffnen und lesen, warum es rot ist"

#: steerco/site/demo/command.py
msgid "Change a risk and look at its history"
msgstr "Ein Risiko ändern und seine Geschichte ansehen"

#: steerco/site/demo/command.py
msgid "Move a milestone and see the forecast against the baseline"
msgstr "Einen Meilenstein verschieben und die Prognose gegen den Basisplan sehen"

#: steerco/site/demo/command.py
msgid "Build the board pack and download the PowerPoint"
msgstr "Die Mappe für den Lenkungsausschuss erstellen und die PowerPoint-Datei herunterladen"

#: steerco/site/demo/command.py
msgid "Prepare an installation with example data, write a first pack, and serve it."
msgstr "Eine Installation mit Beispieldaten vorbereiten, eine erste Mappe schreiben und alles starten."

#: steerco/site/demo/command.py
msgid "http://127.0.0.1:8000, with a role switcher in the page"
msgstr "http://127.0.0.1:8000, mit einem Rollenwechsel in der Seite"

#: steerco/site/demo/command.py
msgid "only prepare; then: STEERCO_DEMO=1 steerco up"
msgstr "nur vorbereiten; danach: STEERCO_DEMO=1 steerco up"

#: steerco/site/demo/command.py
msgid "Two examples are loaded: seven years of the UK government's major projects as published, and Northwind City, a small portfolio with eighteen months of history up to today. A second run finds them and changes nothing. “Remove example data” (Admin) takes away exactly what came with them."
msgstr "Geladen werden zwei Beispiele: sieben Jahre der Großprojekte der britischen Regierung, wie veröffentlicht, und Northwind City, ein kleines Portfolio mit achtzehn Monaten Geschichte bis heute. Ein zweiter Lauf findet sie vor und ändert nichts. „Beispieldaten entfernen“ (Verwaltung) nimmt genau das weg, was mit ihnen kam."

#: steerco/site/demo/command.py
msgid "only prepare, then end"
msgstr "nur vorbereiten, dann enden"

#: steerco/site/demo/command.py
#, python-format
msgid "Pack: %(file)s"
msgstr "Mappe: %(file)s"

#: steerco/site/demo/command.py
msgid "this installation is in use; load the example into another: STEERCO_DATA_DIR=demo-data steerco demo"
msgstr "diese Installation ist in Gebrauch; bitte das Beispiel in eine andere laden: STEERCO_DATA_DIR=demo-data steerco demo"

#: steerco/site/demo/command.py
msgid "Northwind City, eighteen months up to today"
msgstr "Northwind City, achtzehn Monate bis heute"

#: steerco/site/demo/command.py
msgid "UK Government Major Projects Portfolio, 2014 to 2020"
msgstr "Portfolio der Großprojekte der britischen Regierung, 2014 bis 2020"

#: steerco/site/demo/command.py
#, python-format
msgid "Loaded: %(what)s (%(seconds)s s)"
msgstr "Geladen: %(what)s (%(seconds)s s)"

#: steerco/site/demo/command.py
#, python-format
msgid "Open %(address)s"
msgstr "Bitte öffnen: %(address)s"

#: steerco/site/demo/command.py
#, python-format
msgid "Sign in as (password: %(password)s)"
msgstr "Anmelden als (Passwort: %(password)s)"

#: steerco/site/demo/command.py
msgid "Four steps"
msgstr "Vier Schritte"

#: steerco/site/demo/removal.py
msgid "Removed example"
msgstr "Entferntes Beispiel"

#: steerco/site/navigation.py
msgid "Planning"
msgstr "Planung"

#: steerco/site/navigation.py
msgid "Admin"
msgstr "Verwaltung"

#: steerco/site/navigation.py
msgid "Office"
msgstr "PMO"

#: steerco/site/settings.py
msgid "English"
msgstr "Englisch"

#: steerco/site/settings.py
msgid "German"
msgstr "Deutsch"

#: steerco/site/templates/400.html
msgid "This request cannot be read"
msgstr "Diese Anfrage ist nicht lesbar"

#: steerco/site/templates/400.html
msgid "Something in it does not fit: it may be too large or cut off. Go back and try again."
msgstr "Etwas daran passt nicht: Sie ist vielleicht zu groß oder abgeschnitten. Bitte zurückgehen und erneut versuchen."

#: steerco/site/templates/403.html
msgid "You may not do this"
msgstr "Das dürfen Sie nicht"

#: steerco/site/templates/403.html
msgid "Your roles do not give this right here. Ask whoever runs this initiative, or your administrator."
msgstr "Ihre Rollen geben dieses Recht hier nicht. Bitte die Leitung des Vorhabens oder Ihre Systemverwaltung fragen."

#: steerco/site/templates/403_csrf.html
msgid "This form is out of date"
msgstr "Dieses Formular ist veraltet"

#: steerco/site/templates/403_csrf.html
msgid "It was opened before you signed in again, or cookies are blocked. Go back, load the page anew, and send it again."
msgstr "Es wurde geöffnet, bevor Sie sich neu angemeldet haben, oder Cookies sind blockiert. Bitte zurückgehen, die Seite neu laden und erneut absenden."

#: steerco/site/templates/404.html
msgid "Not found"
msgstr "Nicht gefunden"

#: steerco/site/templates/404.html
msgid "There is nothing here, or nothing that you may see."
msgstr "Hier ist nichts, oder nichts, was Sie sehen dürfen."

#: steerco/site/templates/429.html
msgid "Too many tries"
msgstr "Zu viele Versuche"

#: steerco/site/templates/429.html
msgid "Wait a little, then try again."
msgstr "Bitte etwas warten, dann erneut versuchen."

#: steerco/site/templates/500.html
msgid "Something went wrong here"
msgstr "Hier ist etwas schiefgegangen"

#: steerco/site/templates/500.html
msgid "Nothing was saved of what you just sent. It has been logged; your administrator finds it by the time and the request's number."
msgstr "Von dem eben Gesendeten wurde nichts gespeichert. Der Fehler ist protokolliert; Ihre Systemverwaltung findet ihn über die Uhrzeit und die Nummer der Anfrage."

#: steerco/site/templates/500.html steerco/site/templates/site/error.html
msgid "To the start"
msgstr "Zur Startseite"

#: steerco/site/templates/account/login.html
#, python-format
msgid "Sign in to %(name)s"
msgstr "Bei %(name)s anmelden"

#: steerco/site/templates/account/login.html
msgid "Sign in with a passkey"
msgstr "Mit einem Passkey anmelden"

#: steerco/site/templates/account/login.html
msgid "Accounts are made by your administrator."
msgstr "Konten legt Ihre Systemverwaltung an."

#: steerco/site/templates/account/no_mail.html
msgid "No mail from here"
msgstr "Kein E-Mail-Versand"

#: steerco/site/templates/account/no_mail.html
msgid "This installation sends no mail yet. Ask your administrator for a link to set a new password."
msgstr "Diese Installation versendet noch keine E-Mails. Bitte die Systemverwaltung um einen Link für ein neues Passwort bitten."

#: steerco/site/templates/site/_checklist.html
msgid "Steps done"
msgstr "Erledigte Schritte"

#: steerco/site/templates/site/_checklist.html
#, python-format
msgid "%(done)s of %(total)s done"
msgstr "%(done)s von %(total)s erledigt"

#: steerco/site/templates/site/_checklist.html
msgid "Well done: hide this"
msgstr "Gut gemacht: ausblenden"

#: steerco/site/templates/site/_checklist.html
msgid "Hide this"
msgstr "Ausblenden"

#: steerco/site/templates/site/examples.html
#, python-format
msgid "%(count)s initiative came with the examples."
msgid_plural "%(count)s initiatives came with the examples."
msgstr[0] "%(count)s Vorhaben kam mit den Beispielen."
msgstr[1] "%(count)s Vorhaben kamen mit den Beispielen."

#: steerco/site/templates/site/examples.html
msgid "They go with all that hangs on them: records, comments, files, reports, packs, posts, and the people and accounts of the example."
msgstr "Sie werden mit allem entfernt, was daran hängt: Einträge, Kommentare, Dateien, Berichte, Mappen, Stellen sowie die Personen und Konten des Beispiels."

#: steerco/site/templates/site/examples.html
msgid "Projects and programmes that you made yourself below an example stay: they move to the top of the tree."
msgstr "Projekte und Programme, die Sie selbst unter einem Beispiel angelegt haben, bleiben: Sie rücken an die Spitze des Baums."

#: steerco/site/templates/site/examples.html
msgid "People and accounts that something of your own names stay, and so does the account that you use now."
msgstr "Personen und Konten, die etwas Eigenes von Ihnen nennt, bleiben, ebenso das Konto, das Sie gerade benutzen."

#: steerco/site/templates/site/examples.html
msgid "The audit trail stays whole."
msgstr "Das Prüfprotokoll bleibt vollständig."

#: steerco/site/templates/site/examples.html
msgid "There is no example data here."
msgstr "Hier gibt es keine Beispieldaten."

#: steerco/site/templates/site/examples.html
#: steerco/site/templates/site/home.html
msgid "Open the portfolio"
msgstr "Portfolio öffnen"

#: steerco/site/templates/site/home.html
msgid "Nothing waits for you."
msgstr "Nichts wartet auf Sie."

#: steerco/site/templates/site/home.html
msgid "What you own and owe will stand here."
msgstr "Hier steht, was Sie verantworten und was Sie noch schulden."

#: steerco/site/templates/site/search.html
#, python-format
msgid "Found for “%(search_text)s”"
msgstr "Gefunden zu „%(search_text)s“"

#: steerco/site/templates/site/search.html
msgid "Nothing found."
msgstr "Nichts gefunden."

#: steerco/site/views.py
msgid "Example data"
msgstr "Beispieldaten"

#: steerco/apps/commissions/actions.py
msgid "Ask initiatives by a commission and read the answers"
msgstr "Vorhaben in einer Abfrage befragen und die Antworten lesen"

#: steerco/apps/commissions/answer_views.py
msgid "Some answers cannot be taken."
msgstr "Einige Antworten sind nicht verwendbar."

#: steerco/apps/commissions/exporting.py
#: steerco/apps/commissions/templates/commissions/results.html
msgid "Answers"
msgstr "Antworten"

#: steerco/apps/commissions/exporting.py
msgid "Answered by"
msgstr "Beantwortet von"

#: steerco/apps/commissions/exporting.py
msgid "Answered on"
msgstr "Beantwortet am"

#: steerco/apps/commissions/models.py
msgid "the manager of each initiative"
msgstr "die Leitung jedes Vorhabens"

#: steerco/apps/commissions/models.py
msgid "the sponsor of each initiative"
msgstr "der Auftraggeber jedes Vorhabens"

#: steerco/apps/commissions/models.py
msgid "below"
msgstr "unterhalb von"

#: steerco/apps/commissions/models.py
msgid "why it is asked"
msgstr "warum gefragt wird"

#: steerco/apps/commissions/models.py
msgid "who asks"
msgstr "wer fragt"

#: steerco/apps/commissions/models.py
msgid "who answers"
msgstr "wer antwortet"

#: steerco/apps/commissions/models.py
msgid "commission"
msgstr "Abfrage"

#: steerco/apps/commissions/models.py
msgid "commissions"
msgstr "Abfragen"

#: steerco/apps/commissions/models.py
msgid "This field is required."
msgstr "Dieses Feld ist erforderlich."

#: steerco/apps/commissions/models.py
msgid "initiative asked by a commission"
msgstr "Vorhaben in einer Abfrage"

#: steerco/apps/commissions/models.py
msgid "initiatives asked by commissions"
msgstr "Vorhaben in Abfragen"

#: steerco/apps/commissions/prefill.py
msgid "overall rating"
msgstr "Gesamtampel"

#: steerco/apps/commissions/prefill.py
msgid "approved, whole life"
msgstr "genehmigt, gesamte Laufzeit"

#: steerco/apps/commissions/prefill.py
msgid "expected cost, whole life"
msgstr "erwartete Kosten, gesamte Laufzeit"

#: steerco/apps/commissions/prefill.py
msgid "approved, this year"
msgstr "genehmigt, dieses Jahr"

#: steerco/apps/commissions/prefill.py
msgid "expected cost, this year"
msgstr "erwartete Kosten, dieses Jahr"

#: steerco/apps/commissions/questions.py
msgid "choice"
msgstr "Auswahl"

#: steerco/apps/commissions/questions.py
#, python-format
msgid "“%(text)s” is no number."
msgstr "„%(text)s“ ist keine Zahl."

#: steerco/apps/commissions/questions.py
msgid "Say yes or no."
msgstr "Bitte ja oder nein angeben."

#: steerco/apps/commissions/questions.py
msgid "Choose one of the answers."
msgstr "Bitte eine der Antworten wählen."

#: steerco/apps/commissions/reminders.py
#, python-format
msgid "Commission: %(title)s"
msgstr "Abfrage: %(title)s"

#: steerco/apps/commissions/reminders.py
msgid "Commission"
msgstr "Abfrage"

#: steerco/apps/commissions/reminders.py
msgid "Your initiative is asked."
msgstr "Ihr Vorhaben wird befragt."

#: steerco/apps/commissions/reminders.py
msgid "No change: everything is as shown"
msgstr "Keine Änderung: Alles ist wie gezeigt"

#: steerco/apps/commissions/services.py steerco/apps/commissions/views.py
msgid "It has been asked already: copy it to ask otherwise."
msgstr "Sie ist bereits gestellt: zum Ändern kopieren."

#: steerco/apps/commissions/services.py
msgid "Each question needs its words."
msgstr "Jede Frage braucht einen Wortlaut."

#: steerco/apps/commissions/services.py
#, python-format
msgid "Choose what kind of answer “%(label)s” wants."
msgstr "Bitte wählen, welche Art von Antwort zu „%(label)s“ gehört."

#: steerco/apps/commissions/services.py
#, python-format
msgid "“%(label)s” needs at least two answers to choose from."
msgstr "„%(label)s“ braucht mindestens zwei Antworten zur Auswahl."

#: steerco/apps/commissions/services.py
#, python-format
msgid "What is shown with “%(label)s” is not the kind of answer that it wants."
msgstr "Was bei „%(label)s“ gezeigt wird, passt nicht zur Art der Antwort."

#: steerco/apps/commissions/services.py
#: steerco/apps/commissions/templates/commissions/draft.html
msgid "There is no question in it yet."
msgstr "Es ist noch keine Frage darin."

#: steerco/apps/commissions/services.py
msgid "Say by when: today or later."
msgstr "Bitte angeben, bis wann: heute oder später."

#: steerco/apps/commissions/services.py
msgid "Nobody would be asked: choose initiatives that have somebody to answer."
msgstr "Niemand würde gefragt: Vorhaben wählen, für die jemand antworten kann."

#: steerco/apps/commissions/services.py
msgid "It is not open any more."
msgstr "Sie ist nicht mehr offen."

#: steerco/apps/commissions/services.py
msgid "This one needs an answer."
msgstr "Hier ist eine Antwort nötig."

#: steerco/apps/commissions/services.py
#: steerco/apps/commissions/templates/commissions/_form.html
msgid "It is not asked any more."
msgstr "Danach wird nicht mehr gefragt."

#: steerco/apps/commissions/services.py
#, python-format
msgid "Nothing is known yet for: %(what)s. Fill it in below."
msgstr "Noch nichts bekannt zu: %(what)s. Bitte unten ausfüllen."

#: steerco/apps/commissions/services.py
msgid "Nothing is shown yet: fill it in below."
msgstr "Es ist noch nichts gezeigt: bitte unten ausfüllen."

#: steerco/apps/commissions/templates/commissions/_crumbs.html
#: steerco/apps/commissions/templates/commissions/overview.html
#: steerco/site/navigation.py
msgid "Commissions"
msgstr "Abfragen"

#: steerco/apps/commissions/templates/commissions/_form.html
#, python-format
msgid "Asked by %(who)s."
msgstr "Gefragt von %(who)s."

#: steerco/apps/commissions/templates/commissions/_form.html
msgid "What is known stands here already: change what is not right, fill in what is empty."
msgstr "Was bekannt ist, steht schon hier: ändern, was nicht stimmt, ausfüllen, was leer ist."

#: steerco/apps/commissions/templates/commissions/_form.html
msgid "Send the answers"
msgstr "Antworten senden"

#: steerco/apps/commissions/templates/commissions/draft.html
#: steerco/apps/commissions/templates/commissions/results.html
msgid "Cancel the commission"
msgstr "Abfrage abbrechen"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "What it costs"
msgstr "Was es kostet"

#: steerco/apps/commissions/templates/commissions/draft.html
#, python-format
msgid "%(n)s person is asked,"
msgid_plural "%(n)s people are asked,"
msgstr[0] "%(n)s Person wird gefragt,"
msgstr[1] "%(n)s Personen werden gefragt,"

#: steerco/apps/commissions/templates/commissions/draft.html
#, python-format
msgid "about %(n)s initiative,"
msgid_plural "about %(n)s initiatives,"
msgstr[0] "zu %(n)s Vorhaben,"
msgstr[1] "zu %(n)s Vorhaben,"

#: steerco/apps/commissions/templates/commissions/draft.html
#, python-format
msgid "about %(n)s minute each,"
msgid_plural "about %(n)s minutes each,"
msgstr[0] "etwa %(n)s Minute je Person,"
msgstr[1] "etwa %(n)s Minuten je Person,"

#: steerco/apps/commissions/templates/commissions/draft.html
#, python-format
msgid "%(n)s minute in all."
msgid_plural "%(n)s minutes in all."
msgstr[0] "%(n)s Minute insgesamt."
msgstr[1] "%(n)s Minuten insgesamt."

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "More initiatives fit than can be asked at once: narrow the filters."
msgstr "Es passen mehr Vorhaben, als auf einmal gefragt werden können: die Filter enger fassen."

#: steerco/apps/commissions/templates/commissions/draft.html
#, python-format
msgid "Ask %(n)s person"
msgid_plural "Ask %(n)s people"
msgstr[0] "%(n)s Person fragen"
msgstr[1] "%(n)s Personen fragen"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "Keep this choice"
msgstr "Diese Auswahl behalten"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "No initiative fits the filters."
msgstr "Kein Vorhaben passt zu den Filtern."

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "Nobody to answer"
msgstr "Niemand, der antwortet"

#: steerco/apps/commissions/templates/commissions/draft.html
#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Questions"
msgstr "Fragen"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "needed"
msgstr "nötig"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "shown already"
msgstr "schon gezeigt"

#: steerco/apps/commissions/templates/commissions/draft.html
msgid "Add questions"
msgstr "Fragen hinzufügen"

#: steerco/apps/commissions/templates/commissions/edit.html
#: steerco/apps/commissions/templates/commissions/overview.html
msgid "New commission"
msgstr "Neue Abfrage"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Where the system knows it already, choose what to show: it is then only confirmed."
msgstr "Wo das System es schon weiß, wählen, was gezeigt wird: Es wird dann nur bestätigt."

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Kind of answer"
msgstr "Art der Antwort"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Answers to choose from"
msgstr "Antworten zur Auswahl"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Shown already"
msgstr "Schon gezeigt"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Needed"
msgstr "Nötig"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "high; medium; low"
msgstr "hoch; mittel; niedrig"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Which initiatives"
msgstr "Welche Vorhaben"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Nothing chosen means all."
msgstr "Nichts gewählt heißt alle."

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Save and see who is asked"
msgstr "Speichern und ansehen, wer gefragt wird"

#: steerco/apps/commissions/templates/commissions/edit.html
msgid "Save and add questions"
msgstr "Speichern und Fragen hinzufügen"

#: steerco/apps/commissions/templates/commissions/overview.html
msgid "A question put once to many initiatives: each person gets one request, sees what is known already, and the answers make one table."
msgstr "Eine Frage, einmal an viele Vorhaben gestellt: Jede Person bekommt eine Anfrage, sieht, was schon bekannt ist, und die Antworten ergeben eine Tabelle."

#: steerco/apps/commissions/templates/commissions/overview.html
#: steerco/apps/commissions/views.py
msgid "Title"
msgstr "Titel"

#: steerco/apps/commissions/templates/commissions/overview.html
#: steerco/apps/commissions/views.py
msgid "Who asks"
msgstr "Wer fragt"

#: steerco/apps/commissions/templates/commissions/overview.html
msgid "Nothing has been asked yet."
msgstr "Noch wurde nichts gefragt."

#: steerco/apps/commissions/templates/commissions/results.html
msgid "Ask again: copy it"
msgstr "Erneut fragen: kopieren"

#: steerco/apps/commissions/templates/commissions/results.html
msgid "Close it"
msgstr "Abschließen"

#: steerco/apps/commissions/templates/commissions/results.html
#, python-format
msgid "Asked by %(who)s, due %(day)s."
msgstr "Gefragt von %(who)s, fällig %(day)s."

#: steerco/apps/commissions/templates/commissions/results.html
#, python-format
msgid "%(n)s of %(total)s answered."
msgstr "%(n)s von %(total)s beantwortet."

#: steerco/apps/commissions/templates/commissions/results.html
msgid "blank"
msgstr "leer"

#: steerco/apps/commissions/templates/commissions/results.html
msgid "The system showed"
msgstr "Das System zeigte"

#: steerco/apps/commissions/templates/commissions/results.html
msgid "not yet"
msgstr "noch nicht"

#: steerco/apps/commissions/templates/commissions/results.html
msgid "Sum"
msgstr "Summe"

#: steerco/apps/commissions/views.py
msgid "Why it is asked"
msgstr "Warum gefragt wird"

#: steerco/apps/commissions/views.py
msgid "Who answers"
msgstr "Wer antwortet"

#: steerco/apps/commissions/views.py
msgid "Somebody changed it meanwhile. Nothing was written: look again."
msgstr "Jemand hat sie inzwischen geändert. Nichts wurde geschrieben: noch einmal ansehen."

#: steerco/apps/commissions/views.py
#, python-format
msgid "%(n)s people are asked now."
msgstr "%(n)s Personen werden jetzt gefragt."

#: steerco/apps/commissions/views.py
#, python-format
msgid "Ended. %(n)s are asked no longer."
msgstr "Beendet. %(n)s werden nicht mehr gefragt."
