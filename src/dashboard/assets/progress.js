// Exchanges the progress for what the server sends once a second.
const place = document.getElementById('progress');
const state = document.getElementById('progress-state');
const source = new EventSource(place.dataset.events);

source.addEventListener('open', () => {
  state.textContent = 'Watching: it changes by itself.';
});
source.addEventListener('message', ({ data }) => {
  place.innerHTML = JSON.parse(data).view;
});
source.addEventListener('error', () => {
  state.textContent = 'The dashboard does not answer. Trying again…';
});
