/* What the keys do on every page but the reading page, which has more of them. */

import { start } from "../keys.js";

start();
