/* What holds on every page but the reading page, which has more keys and keeps drafts: keys, and asking before words are left. */

import { start as startKeys } from "../keys.js";
import { start as startLeaving } from "./leaving.js";

startKeys();
startLeaving();
