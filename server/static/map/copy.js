// A button beside each address that puts it on the clipboard.
import { button, element } from "./page.js";

async function copy(input, said, text) {
  try {
    await navigator.clipboard.writeText(input.value);
  } catch {
    // Without the right to write there, or without TLS: the old way.
    input.select();
    document.execCommand("copy");
  }
  said.textContent = text;
}

/** Offer to copy each address that has no button yet. */
export function offerCopies(texts) {
  for (const input of document.querySelectorAll(".permalink input")) {
    if (input.nextElementSibling) continue;
    const said = element("span", { className: "quiet", role: "status" });
    input.after(button(texts.copy, texts.copy, () => copy(input, said, texts.copied)), said);
  }
}
