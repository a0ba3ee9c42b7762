/* Marking on the desk: what is chosen is saved at once, by pointer or by keys. */

import { startChoosing } from "./choosing.js";
import { form } from "./column.js";
import { startMissing } from "./missing.js";
import { startRemarks } from "./remarks.js";
import { startSaving } from "./saving.js";

export function startMarking() {
  if (!form) return;
  startSaving();
  startRemarks();
  startMissing();
  startChoosing();
}
