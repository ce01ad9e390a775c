// What a model has written, as elements that run nothing, and copies of it.

export function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

// Debian 12's DOMPurify (2.4.1+dfsg-2+deb12u2 and before it) asks for this variable
// where a hunk of its patch for shadow trees was misplaced. Templates, which alone
// have such trees, are forbidden below.
window.shadowNode = { __depth: 0 };

// `copy` is called with the text of a block of code.
export function renderMarkdown(text, copy) {
  const body = element("div", { className: "body" });
  body.innerHTML = DOMPurify.sanitize(marked.parse(text, { mangle: false, headerIds: false }), { FORBID_TAGS: ["template", "style", "form", "input", "img"] });
  for (const link of body.querySelectorAll("a")) Object.assign(link, { target: "_blank", rel: "noreferrer" });
  for (const block of body.querySelectorAll("pre")) {
    const code = block.innerText;
    block.append(element("button", { type: "button", textContent: "Copy", ariaLabel: "Copy this code", onclick: () => copy(code) }));
  }
  return body;
}

// Whether the browser has copied it. A page that came over HTTP from another machine
// has no clipboard, but may copy what is selected.
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

function copySelected(text) {
  const focused = document.activeElement;
  const field = element("textarea", { value: text });
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  focused.focus();
  return isCopied;
}
