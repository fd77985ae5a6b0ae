// Entry of the site's script. Loaded as a module after htmx, which has `defer`: modules and deferred scripts run in the
// order of the page, before htmx reads it.
import { startActivity } from "./activity.js";
import { startCells } from "./cells.js";
import { startCharts } from "./charts.js";
import { startDisclosure } from "./disclosure.js";
import { startKeeping } from "./keeping.js";
import { startKeyboard } from "./keyboard.js";
import { startPaste } from "./paste.js";
import { startPreferences } from "./preferences.js";
import { startSelection } from "./selection.js";
import { startSheet } from "./sheet.js";
import { startSpeech } from "./speech.js";
import { configure, startWrites } from "./writes.js";

if (window.htmx) configure(window.htmx);
startWrites();
startSpeech();
startCells();
startDisclosure();
startKeyboard();
startSelection();
startSheet();
startPaste();
startPreferences();
startCharts();
startActivity();
startKeeping();
