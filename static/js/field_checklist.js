// [data-field-work]: the questions of a checklist, at a site and at a door: answered one by one, none left open.
"use strict";
(() => {
  const field = window.weidongField;
  const page = field?.page;
  if (!page) return;
  const { words, make, shape, touch, photoField } = page;

  page.itemField = (row, item, number, { photo = true } = {}) => {
    const box = make("fieldset", { class: "item", id: `item-${item.id}` });
    const answer = () => (row.answers[item.id] ??= { result: "", note: "" });
    const choices = ["pass", "fail", "na"].map((result) =>
      make(
        "label",
        { class: `item-answer item-${result}` },
        make("input", {
          type: "radio", name: `result_${item.id}`, value: result, checked: row.answers[item.id]?.result === result,
          onchange: () => {
            answer().result = result;
            box.classList.remove("has-error");
            touch(row);
          },
        }), // prettier-ignore
        make("span", {}, words[`result${result}`]),
      ),
    );
    const said = make("input", {
      class: "form-control", type: "text", maxlength: 200, placeholder: words.whatiswrong, "aria-label": `${words.note}: ${item.text}`, value: row.answers[item.id]?.note || "",
      onchange: () => {
        answer().note = said.value.trim();
        touch(row);
      },
    }); // prettier-ignore
    box.append(
      make("legend", {}, make("span", { class: "item-number" }, String(number)), item.text),
      make("div", { class: "item-answers" }, ...choices),
      make("div", { class: "item-more" }, photo ? photoField(row, item.id, item.photo_when_failed ? words.photofail : words.photooptional, box) : null, said),
    );
    return box;
  };
  // Marks what is still open and goes there; true when something is.
  page.lacks = (form, items, row) => {
    const lacking = field.lacking(items, row.answers, row.photos);
    for (const box of form.querySelectorAll(".item")) {
      box.classList.remove("has-error");
      box.querySelector(".field-error")?.remove();
    }
    for (const [item, what] of lacking) {
      const box = form.querySelector(`#item-${item}`);
      box.classList.add("has-error");
      box.append(make("p", { class: "field-error" }, shape("danger"), what === "photo" ? words.needphoto : words.needanswer));
    }
    if (lacking.length) form.querySelector(".has-error").scrollIntoView({ block: "center" });
    return lacking.length > 0;
  };
  // As the server takes them: a note stands with what failed only.
  page.answersOf = (items, row) =>
    items.map(({ id }) => ({ item: id, result: row.answers[id].result, note: row.answers[id].result === "fail" ? row.answers[id].note || "" : "" }));
})();
