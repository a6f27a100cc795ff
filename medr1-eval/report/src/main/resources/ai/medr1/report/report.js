(() => {
  const root = document.documentElement;
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];

  const remembered = {
    get: () => { try { return localStorage.getItem("medr1-theme"); } catch { return null; } },
    set: (theme) => { try { localStorage.setItem("medr1-theme", theme); } catch { /* for this page only, then */ } },
  };
  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  const theme = find("#theme");
  const label = () => { theme.textContent = isDark() ? "Light" : "Dark"; };
  if (remembered.get()) root.dataset.theme = remembered.get();
  theme.hidden = false;
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    remembered.set(root.dataset.theme);
    label();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", label);
  label();

  const filter = () => {
    if (!find("#filter")) return;
    const wanted = all("#filter select").filter((select) => select.value);
    const cards = all(".card");
    for (const card of cards) {
      card.hidden = !wanted.every((select) => card.dataset[select.dataset.key] === select.value);
    }
    const shown = cards.filter((card) => !card.hidden).length;
    find("#shown").textContent = `${shown} of ${cards.length} shown`;
  };
  const begin = () => {
    if (!find("#filter")) return;
    find("#filter").hidden = false;
    find("#filter").addEventListener("change", filter);
    filter();
  };
  begin();

  const value = (row, column) => {
    const cell = row.cells[column];
    const text = cell.dataset.value ?? cell.textContent.trim();
    return text !== "" && isFinite(text) ? Number(text) : text;
  };
  const compare = (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) : typeof a === "number" ? -1 : 1;
  };
  for (const button of all(".sortable thead button")) {
    button.addEventListener("click", () => {
      const head = button.closest("th");
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const body = head.closest("table").tBodies[0];
      const empty = (row) => value(row, head.cellIndex) === "";
      const rows = [...body.rows].sort((a, b) => {
        const order = compare(value(a, head.cellIndex), value(b, head.cellIndex));
        return down && !empty(a) && !empty(b) ? -order : order;
      });
      body.append(...rows);
    });
  }

  if (!root.dataset.version) return;

  const choices = () => new Map(all("#filter select").map((select) => [select.id, select.value]));
  const focusable = (element) => [...element.querySelectorAll("a[href], button, select, summary, [tabindex]")];
  const focused = () => {
    const element = document.activeElement;
    const holder = element?.closest("main [id]");
    return holder && { id: holder.id, index: focusable(holder).indexOf(element) };
  };
  const focus = ({ id, index }) => {
    const holder = document.getElementById(id);
    (index < 0 ? holder : holder && focusable(holder)[index])?.focus({ preventScroll: true });
  };
  const restore = (chosen, open, scrolled, element) => {
    for (const [id, value] of chosen) {
      const select = document.getElementById(id);
      if (select && [...select.options].some((option) => option.value === value)) select.value = value;
    }
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    begin();
    scrollTo(...scrolled);
    if (element) focus(element);
  };
  const replace = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const open = all("details[open]").map((details) => details.id);
    const state = [choices(), open, [scrollX, scrollY], focused()];
    find("main").replaceWith(document.adoptNode(next.querySelector("main")));
    root.dataset.version = next.documentElement.dataset.version;
    restore(...state);
  };
  const say = (text) => { if (find("#live").textContent !== text) find("#live").textContent = text; };
  const choosing = () => { try { return find("select:open"); } catch { return null; /* not known to this browser */ } };
  const look = async () => {
    const begun = performance.now();
    try {
      const answer = await fetch("/", { headers: { "If-None-Match": `"${root.dataset.version}"` }, cache: "no-store" });
      if (answer.status === 200 && !choosing()) replace(await answer.text());
      say(answer.status === 200 || answer.status === 304 ? "Live: follows the files of the run." : await answer.text());
    } catch {
      say("The server has ended; this is its last page.");
    }
    // A page that takes long to make is asked for less often: the run needs the processor more.
    setTimeout(look, Math.max(2000, 10 * (performance.now() - begun)));
  };
  look();
})();
