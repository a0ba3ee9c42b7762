/* The reading page: each part starts by itself, and knows the others by the events in reading/page.js alone. */

import { start as startArrivals } from "../reading/arrivals.js";
import { start as startCards } from "../reading/cards.js";
import { start as startComposer } from "../reading/composer.js";
import { start as startCursor } from "../reading/cursor.js";
import { start as startKeys } from "../reading/keys.js";
import { start as startLive } from "../reading/live.js";
import { start as startLook } from "../reading/look.js";
import { start as startMargin } from "../reading/margin.js";
import { start as startPresence } from "../reading/presence.js";
import { start as startQuoting } from "../reading/quoting.js";
import { start as startSelection } from "../reading/selection.js";
import { start as startSheet } from "../reading/sheet.js";
import { start as startShortcuts } from "../keys.js";

startMargin();
startSheet();
startCards();
startSelection();
startCursor();
startQuoting();
startLook();
startArrivals();
startPresence();
startComposer();
startLive();
// Last: a key that another part has taken is none of theirs.
startKeys();
startShortcuts();
