// The one click that shows a number: the answer is put into the page that is open, so that a reload hides it again.

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form[data-number]');
  if (!form || event.defaultPrevented) return;
  event.preventDefault();
  const answer = await fetch(form.action, { method: 'POST', redirect: 'manual' }).catch(() => null);
  const page = answer?.ok && new DOMParser().parseFromString(await answer.text(), 'text/html');
  const shown = page && page.getElementById('d-number');
  const place = document.getElementById('d-number');
  if (!shown || !place) return location.reload();
  place.replaceWith(shown);
  shown.closest('[data-part]')?.setAttribute('data-stay', '');
  const number = document.getElementById('number');
  number?.setAttribute('tabindex', '-1');
  number?.focus();
});
