// Keys, the theme and the reload link. Everything else is the server's; nothing here reads or writes what a page shows.
const typing = target => target.closest('input, textarea, select, [contenteditable]');
let leading = 0;

document.addEventListener('click', event => {
  if (event.target.closest('[data-theme-toggle]')) {
    const root = document.documentElement;
    const dark = root.dataset.theme === 'dark' || (root.dataset.theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
    root.dataset.theme = dark ? 'light' : 'dark';
    document.cookie = `theme=${root.dataset.theme}; path=/; max-age=31536000; samesite=strict`;
  }
  if (event.target.closest('[data-reload]')) location.reload();
});

// Blazor keeps the document when it follows a link; the theme of the new answer is the one of the cookie.
document.addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key;
  if (leading && performance.now() - leading < 1500) {
    leading = 0;
    const link = [...document.querySelectorAll('[data-goto]')].find(item => item.dataset.goto === key);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (key === 'g') leading = performance.now();
  else if (key === '?') document.querySelector('[data-help]')?.click();
  else if (key === 'j' || key === 'k') move(key === 'j' ? 1 : -1, event);
  else document.activeElement?.closest('[data-row]')?.querySelector(`[data-hotkey="${CSS.escape(key)}"]`)?.click();
});

function move(step, event) {
  const rows = [...document.querySelectorAll('[data-row]')];
  if (!rows.length) return;
  event.preventDefault();
  const at = rows.indexOf(document.activeElement?.closest('[data-row]'));
  const row = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  (row.matches('[tabindex], a') ? row : row.querySelector('a, button'))?.focus();
  row.scrollIntoView({ block: 'nearest' });
}
