/* The script of the desk where works are marked. */

import { hold } from "../grading/lease.js";
import { startMarking } from "../grading/marking.js";

hold();
startMarking();
