// Exchanges the rows of a table in place when a link or form in it asks for others. Without this script
// the same links and forms load the whole page.
const SLOW_MS = 150;

for (const section of document.querySelectorAll('.table-of-rows')) {
  const rows = section.querySelector('.rows');

  section.addEventListener('click', (event) => {
    const link = event.target.closest('a[href^="?"]');
    if (link === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void show(section, rows, new URL(link.href));
  });
  section.addEventListener('submit', (event) => {
    event.preventDefault();
    const url = new URL(location.href);
    url.search = new URLSearchParams(new FormData(event.target)).toString();
    void show(section, rows, url);
  });
}

async function show(section, rows, url) {
  const isLatest = latestOf(section);
  const slow = setTimeout(() => loading(section, rows), SLOW_MS);
  try {
    const response = await fetch(section.dataset.api + url.search, { cache: 'no-store' });
    const answer = await response.json();
    if (!isLatest()) return;
    if (response.ok) {
      rows.innerHTML = answer.view;
      history.replaceState(null, '', url.pathname + url.search);
    } else {
      failed(rows, answer.error?.message ?? 'The dashboard asks for its token again.', () =>
        show(section, rows, url),
      );
    }
  } catch {
    if (isLatest()) failed(rows, 'The dashboard does not answer.', () => show(section, rows, url));
  } finally {
    clearTimeout(slow);
    if (isLatest()) {
      section.removeAttribute('aria-busy');
      section.querySelector('.loading')?.remove();
    }
  }
}

/** Whoever clicks twice gets the second answer, whichever comes first. */
function latestOf(section) {
  const request = String(Number(section.dataset.request ?? '0') + 1);
  section.dataset.request = request;
  return () => section.dataset.request === request;
}

function loading(section, rows) {
  section.setAttribute('aria-busy', 'true');
  const words = document.createElement('p');
  words.className = 'loading';
  words.setAttribute('role', 'status');
  words.textContent = 'Loading…';
  rows.before(words);
}

function failed(rows, message, again) {
  rows.querySelector('.failure')?.remove();
  const box = document.createElement('p');
  box.className = 'failure bad';
  box.setAttribute('role', 'alert');
  box.append(`${message} `);
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Try again';
  button.addEventListener('click', () => void again());
  box.append(button);
  rows.prepend(box);
}
