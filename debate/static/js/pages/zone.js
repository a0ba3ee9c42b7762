// Proposes the browser's time zone to somebody whose account names none yet; nothing that was typed (leaving.js).
const select = document.querySelector("[data-zone-unset] select[name=time_zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

const proposed = select?.value === "UTC" && [...select.options].find((option) => option.value === here);
if (proposed) {
  select.selectedOptions[0].defaultSelected = false;
  proposed.defaultSelected = true;
}
