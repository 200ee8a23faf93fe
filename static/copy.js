// A link that is shown once: chosen whole when it is entered, and copied by a button.
const field = document.querySelector('[data-copy]');
field.addEventListener('focus', () => field.select());
field.select();
if (navigator.clipboard) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'btn go';
  button.textContent = 'Copy';
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(field.value);
    button.textContent = 'Copied';
  });
  field.after(button);
}
