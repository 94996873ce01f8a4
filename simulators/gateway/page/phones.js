// Shows the phones: asks every two seconds for what changed, keeps cards (and what is typed in them) in place.
"use strict";

const EVERY = 2000;
const GIVE_UP = 5000;
const LINK = /https?:\/\/[^\s<>"'，。；！？、）】]+/g;
const FIGURES = [
  ["收到", (s) => s.received], ["接受", (s) => s.accepted], ["重复提交", (s) => s.repeats],
  ["重复送出", (s) => s.duplicates, true], ["拒绝", (s) => s.rejected], ["叫稍后", (s) => s.retried],
  ["未送达", (s) => s.undelivered], ["叫应", (s) => s.by_lane.alarm], ["群发", (s) => s.by_lane.bulk], ["短信计费", (s) => s.parts], ["通话中", (s) => s.voice.in_use], ["排队来电", (s) => s.voice.waiting],
  ["演练", (s) => s.by_mark.exercise], ["回执已交", (s) => s.receipts.sent], ["回执待交", (s) => s.receipts.pending],
  ["回复已交", (s) => s.replies.sent],
];
const STATUS = { accepted: "发送中", delivered: "已送达", read: "已读", failed: "未送达" };
const SPOKEN = { accepted: "等待线路或回执", delivered: "已听完", failed: "未听完" };
const REASONS = { unreachable: "关机或不在服务区", no_answer: "无人接听", busy: "占线或拒接", hung_up: "中途挂断" };
const REFUSED = { no_call: "这部电话没有在响", wrong_moment: "现在不能这样操作", bad_text: "回复要有 1 至 500 个字" };
const CALL = { ringing: "☎ 来电响铃", talking: "☎ 通话中，请按键" };

const find = (name, inside = document) => inside.querySelector(`[data-${name}]`);
const cards = new Map();
let version = -1;
let wanted = "";
let asking = null;
let timer = 0;

async function ask(address, options = {}) {
  const patience = AbortSignal.timeout(GIVE_UP);
  const signal = options.signal ? AbortSignal.any([options.signal, patience]) : patience;
  const response = await fetch(address, { ...options, signal });
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(REFUSED[answer.code] || answer.error);
  return answer;
}

function element(name, text, kind) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// Texts come from outside: they become text nodes and http links, never markup.
function words(text) {
  const shown = element("p");
  let end = 0;
  for (const match of text.matchAll(LINK)) {
    shown.append(text.slice(end, match.index));
    const link = element("a", match[0]);
    link.href = match[0];
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    shown.append(link);
    end = match.index + match[0].length;
  }
  shown.append(text.slice(end));
  return shown;
}

function clock(moment) {
  const at = new Date(moment);
  const time = at.toLocaleTimeString("zh-CN", { hour12: false });
  return at.toDateString() === new Date().toDateString() ? time : `${at.getMonth() + 1}月${at.getDate()}日 ${time}`;
}

function spaced(number) {
  return number.replace(/^\+86(\d{3})(\d{4})(\d{4})$/, "$1 $2 $3");
}

function bubble(item) {
  const kind = item.side === "out" ? "out" : [item.kind, item.status, item.exercise ? "exercise" : ""].join(" ");
  const shown = element("li", undefined, kind);
  const words_of = item.kind === "voice" ? SPOKEN : STATUS;
  const reason = REASONS[item.code] ? ` · ${REASONS[item.code]}` : "";
  const state = item.side === "out" ? "回复" : words_of[item.status] + reason;
  shown.append(words(item.text), element("small", `${clock(item.at)} · ${state}`));
  return shown;
}

function made(number) {
  const card = find("phone").content.firstElementChild.cloneNode(true);
  find("number", card).textContent = spaced(number);
  card.setAttribute("aria-label", `手机 ${spaced(number)}`);
  card.addEventListener("click", (event) => {
    const key = event.target.closest("[data-key]");
    if (key) answer(card, number, key.dataset.key);
    const hand = event.target.closest("[data-do], [data-press]");
    if (hand?.dataset.press) keyDown(card, number, hand.dataset.press);
    else if (hand) act(card, number, { do: hand.dataset.do });
  });
  find("reply", card).addEventListener("submit", (event) => {
    event.preventDefault();
    answer(card, number, event.target.elements.text.value);
  });
  return card;
}

async function answer(card, number, text) {
  if (await press(card, `/phones/${encodeURIComponent(number)}/reply`, { text }, "没有发出")) find("reply", card).reset();
}

// One key ends the call; several are collected up to # where the box is ticked, as an answer with a code needs.
function keyDown(card, number, key) {
  const shown = find("pressed", card);
  const keys = (find("collect", card).checked ? shown.textContent : "") + key;
  if (find("collect", card).checked && key !== "#") {
    shown.textContent = keys;
    return;
  }
  shown.textContent = "";
  act(card, number, { do: "press", key: keys });
}

function act(card, number, what) {
  return press(card, `/phones/${encodeURIComponent(number)}/call`, what, "没有接通");
}

async function press(card, address, content, failed) {
  const problem = find("problem", card);
  const buttons = card.querySelectorAll("button");
  buttons.forEach((button) => { button.disabled = true; });
  try {
    await ask(address, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content),
    });
    problem.hidden = true;
    refresh();
    return true;
  } catch (error) {
    problem.textContent = `${failed}：${error.message}`;
    problem.hidden = false;
    return false;
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

// The telephone's part of a card. Its text is heard, and so shown, only after answering.
function ring(card, call) {
  const panel = find("call", card);
  panel.hidden = !call;
  card.classList.toggle("called", Boolean(call));
  if (!call) return;
  panel.classList.toggle("exercise", call.exercise);
  find("call-state", card).textContent = CALL[call.state] + (call.exercise ? " · 演练" : "");
  find("call-time", card).textContent = clock(call.since);
  const talking = call.state === "talking";
  find("ringing", card).hidden = talking;
  find("talking", card).hidden = !talking;
  find("call-text", card).hidden = !talking;
  find("call-text", card).textContent = call.text;
}

function fill(card, bubbles, call) {
  ring(card, call);
  const state = bubbles.map((item) => item.key + (item.status || "")).join();
  if (card.dataset.state === state) return;
  card.dataset.state = state;
  const list = find("bubbles", card);
  list.replaceChildren(...bubbles.map(bubble));
  list.scrollTop = list.scrollHeight;
  if (bubbles.length) find("last", card).textContent = clock(bubbles[bubbles.length - 1].at);
}

function show(answered) {
  version = answered.version;
  const place = find("phones");
  const before = place.contains(document.activeElement) ? document.activeElement : null;
  const shown = answered.phones.map(({ number, call, bubbles }) => {
    if (!cards.has(number)) cards.set(number, made(number));
    return [number, cards.get(number), bubbles, call];
  });
  const numbers = new Set(shown.map(([number]) => number));
  for (const [number, card] of cards) {
    if (!numbers.has(number)) { card.remove(); cards.delete(number); }
  }
  // While somebody types, new phones are put in front but no card changes place under the fingers.
  shown.forEach(([, card], index) => {
    const there = place.children[index];
    if (there !== card && !(before && card.contains(before))) place.insertBefore(card, there || null);
  });
  shown.forEach(([, card, bubbles, call]) => fill(card, bubbles, call));
  const note = find("note");
  note.classList.toggle("empty", !shown.length);
  note.hidden = Boolean(shown.length) && !answered.more;
  note.textContent = shown.length ? `只显示最近 ${shown.length} 部手机，另有 ${answered.more} 部，请按号码查找。`
    : wanted ? `没有找到“${wanted}”。` : "还没有手机收到消息。";
}

function figures(stats) {
  find("figures").replaceChildren(...FIGURES.map(([name, value, bad]) => {
    const pair = element("div");
    pair.append(element("dt", name), element("dd", value(stats).toLocaleString("zh-CN"), bad && value(stats) ? "bad" : ""));
    return pair;
  }));
  const problem = stats.receipts.last_error || stats.replies.last_error;
  live(problem ? "回执交不出去，平台没有应答" : "实时", Boolean(problem));
}

function live(text, broken) {
  const sign = find("live");
  if (sign.textContent !== text) sign.textContent = text;
  sign.classList.toggle("broken", broken);
}

async function refresh() {
  clearTimeout(timer);
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  try {
    const query = new URLSearchParams({ q: wanted });
    if (version >= 0) query.set("version", version);
    const [answered, stats] = await Promise.all([
      ask(`/phones?${query}`, { signal: mine.signal }), ask("/stats", { signal: mine.signal }),
    ]);
    if (answered) show(answered);
    figures(stats);
  } catch {
    if (!mine.signal.aborted) live("连不上，正在重试", true);
  }
  if (mine === asking && !document.hidden) timer = setTimeout(refresh, EVERY);
}

find("search").addEventListener("submit", (event) => event.preventDefault());
find("search").addEventListener("input", (event) => {
  wanted = event.target.value.trim();
  version = -1;
  refresh();
});
document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));
refresh();
