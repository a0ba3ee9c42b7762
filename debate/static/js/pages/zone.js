// Proposes the browser's time zone to somebody whose account names none yet.
const select = document.querySelector("[data-zone-unset] select[name=time_zone]");
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (select?.value === "UTC" && [...select.options].some((option) => option.value === here)) {
  select.value = here;
}
