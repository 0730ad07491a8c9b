// The demo page: a requester's chat and the staff channel, both drawn from what the server keeps.
// Everything people typed goes through textContent; only the server's own Markdown arrives as HTML.

const TYPING_PAUSE = 3000;
const TYPING_SHOWN = 5000;
const RETRY_STEPS = [500, 1000, 2000, 4000, 8000];
const AT_END = 60;

const page = { labels: {}, limits: {} };
const find = (selector, root = document) => root.querySelector(selector);
const findAll = (selector, root = document) => [...root.querySelectorAll(selector)];
const newId = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const wait = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const isNewer = (one, other) => one.padStart(20, "0") > other.padStart(20, "0");
const onPhone = () => matchMedia("(max-width: 720px)").matches;

function make(tag, className = "", text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function inside(tag, nodes) {
  const node = make(tag);
  node.append(...nodes);
  return node;
}

function makeButton(className, text, act) {
  const button = make("button", className, text);
  button.type = "button";
  button.addEventListener("click", () => act(button));
  return button;
}

function label(key, values = {}) {
  const text = page.labels[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// ---- Talking to the server

class Refused extends Error {}

async function ask(path, options = {}) {
  const response = await fetch(path, options);
  if (response.ok) return response.json();
  const body = await response.json().catch(() => ({}));
  if (response.status < 500) throw new Refused(body.error ?? "bad_request");
  throw new Error(`status ${response.status}`);
}

function send(path, body) {
  if (body instanceof FormData) return ask(path, { method: "POST", body });
  return ask(path, { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
}

// The body holds an id made once, so trying again is safe however far the first try came.
async function sendSurely(path, body, tries = 0) {
  try {
    return await send(path, body);
  } catch (error) {
    if (error instanceof Refused) throw error;
    await wait(RETRY_STEPS[Math.min(tries, RETRY_STEPS.length - 1)]);
    return sendSurely(path, body, tries + 1);
  }
}

// ---- One message

const toneOf = (name) => [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 6, 7);
const initialsOf = (name) => name.split(" ").slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();

function timeOf(at) {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  return new Intl.DateTimeFormat(page.language, { ...day, hour: "numeric", minute: "2-digit" }).format(moment);
}

function sizeOf(bytes) {
  const [amount, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1024), "kilobyte"] : [bytes / 1048576, "megabyte"];
  return new Intl.NumberFormat(page.language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

function fileNode(file) {
  const link = make("a", file.picture ? "picture" : "file");
  if (file.url) Object.assign(link, { href: file.url, target: "_blank", rel: "noopener" });
  if (file.picture && file.url) link.append(Object.assign(make("img"), { src: file.url, alt: file.name }));
  else link.append(make("span", "", file.name), make("small", "", sizeOf(file.size)));
  return link;
}

function buttonRow(row, press) {
  return inside("div", row.map(({ label: text, data }) => makeButton("", text, (button) => press(data, button))));
}

function noteOf(message) {
  if (message.failed) return label("failed", { reason: label(message.failed) });
  if (message.pending) return label("sending");
  return message.edited && message.name ? label("edited") : ""; // The bot keeps its cards up to date.
}

function fill(node, message, press) {
  const name = message.name || label("bot");
  const text = find(".text", node);
  node.className = "message";
  for (const state of ["own", "pending", "failed"]) node.classList.toggle(state, Boolean(message[state]));
  find(".avatar", node).className = `avatar ${message.name ? `tone-${toneOf(name)}` : "bot"}`;
  find(".avatar", node).textContent = initialsOf(name);
  find(".name", node).textContent = name;
  text.classList.toggle("typed", message.html === undefined);
  if (message.html === undefined) text.textContent = message.text;
  else text.innerHTML = message.html;
  for (const called of message.calls || []) text.append(make("span", "called", `@${called}`));
  find(".files", node).replaceChildren(...message.files.map(fileNode));
  find(".buttons", node).replaceChildren(...message.buttons.map((row) => buttonRow(row, press)));
  find(".reactions", node).replaceChildren(...message.reactions.map((one) => make("span", "", one)));
  find("time", node).textContent = timeOf(message.at);
  find("time", node).dateTime = new Date(message.at).toISOString();
  find(".note", node).textContent = noteOf(message);
}

function textOf(message) {
  if (message.html === undefined) return message.text || message.files.map((file) => file.name).join(", ");
  return new DOMParser().parseFromString(message.html, "text/html").body.textContent.trim();
}

// ---- One chat: its messages, and the line to write in

class Chat {
  constructor(root, { view, fields, whoWrites, onlyLastPrompt }) {
    Object.assign(this, { root, view, fields, whoWrites, onlyLastPrompt, files: [], lastPing: 0, atEnd: true, lastTop: 0 });
    this.entries = new Map();
    this.queue = Promise.resolve();
    root.append(find("#chat").content.cloneNode(true));
    this.log = find(".log", root);
    this.list = find(".messages", root);
    this.input = find("textarea", root);
    const grown = new ResizeObserver(() => { if (this.atEnd) this.toEnd(); });
    [this.list, this.log].forEach((node) => grown.observe(node));
    this.listen();
  }

  listen() {
    const on = (selector, kind, act) => find(selector, this.root).addEventListener(kind, act);
    on(".composer", "submit", (event) => { event.preventDefault(); this.send(); });
    on("textarea", "keydown", (event) => this.onKey(event));
    on("textarea", "input", () => { this.fit(); this.ping(); });
    on("textarea", "paste", (event) => this.addFiles(event, event.clipboardData.files));
    on(".attach", "click", () => find(".pick-files", this.root).click());
    on(".pick-files", "change", (event) => { this.addFiles(event, event.target.files); event.target.value = ""; });
    on(".newer", "click", () => this.toEnd());
    on(".log", "scroll", () => this.onScroll());
    on(".earlier", "click", () => this.loadEarlier());
    on(".start", "click", () => this.say("/start"));
    for (const kind of ["dragover", "dragleave", "drop"]) this.root.addEventListener(kind, (event) => this.onDrag(event));
  }

  reset(query) {
    this.query = query;
    this.atEnd = true;
    this.entries.clear();
    this.list.replaceChildren();
    this.hideTyping();
    find(".newer", this.root).hidden = true;
    return this.load();
  }

  async load(before = "") {
    const query = this.query;
    const path = `/api/${this.view}/messages?${new URLSearchParams({ ...query, before })}`;
    this.log.ariaBusy = "true";
    const history = await ask(path);
    if (query !== this.query) return history;
    history.messages.forEach((message) => this.put(message));
    find(".earlier", this.root).hidden = !history.more;
    this.refresh();
    this.log.ariaBusy = "false";
    return history;
  }

  async loadEarlier() {
    const fromEnd = this.log.scrollHeight - this.log.scrollTop;
    await this.load(this.list.firstElementChild.dataset.id);
    this.log.scrollTop = this.log.scrollHeight - fromEnd;
  }

  show(message) {
    const oldest = this.list.firstElementChild?.dataset.id;
    const beyond = !find(".earlier", this.root).hidden && isNewer(oldest, message.id);
    if (beyond && !this.entries.has(message.id)) return; // It comes with the earlier messages, if asked for.
    const isNew = this.put(message);
    this.refresh();
    if (!isNew) return;
    if (!message.own) this.hideTyping();
    if (message.pending) this.toEnd();
    else find(".newer", this.root).hidden = this.atEnd || message.own;
  }

  // A message is known by its id and replaced only by a later state of itself.
  put(message) {
    const known = this.entries.get(message.id);
    const pending = `~${message.nonce}`;
    if (known && isNewer(known.message.revision, message.revision)) return false;
    if (message.nonce && message.id !== pending && this.entries.has(pending)) {
      this.entries.get(pending).node.remove();
      this.entries.delete(pending);
    }
    if (message.deleted) known?.node?.remove();
    const node = message.deleted ? null : known?.node ?? this.place(message.id);
    if (node) fill(node, message, (data, button) => this.press(message, data, button));
    this.entries.set(message.id, { message, node });
    return !known && !message.deleted;
  }

  place(id) {
    const node = find("#message").content.firstElementChild.cloneNode(true);
    node.dataset.id = id;
    const before = findAll(".message", this.list).findLast((other) => !isNewer(other.dataset.id, id));
    if (before) before.after(node);
    else this.list.prepend(node);
    return node;
  }

  refresh() {
    const shown = findAll(".message", this.list).map((node) => this.entries.get(node.dataset.id));
    shown.forEach((entry, index) => this.group(entry, shown[index - 1]));
    if (this.onlyLastPrompt) this.retirePrompts(shown);
  }

  group({ message, node }, previous) {
    const near = previous && message.at - previous.message.at < 5 * 60000;
    const same = near && previous.message.name === message.name && previous.message.own === message.own;
    const quoted = !message.own && this.entries.get(message.quoted)?.message;
    const isTold = quoted && !quoted.deleted && quoted.name; // What a thread says hangs on its card: no need to repeat it.
    node.classList.toggle("follows", Boolean(same));
    find(".quote", node).textContent = isTold ? textOf(quoted).slice(0, 120) : "";
  }

  // Only the newest question can still be answered; what was answered shows how.
  retirePrompts(shown) {
    const picks = new Map(shown.map(({ message }) => [message.quoted, message.text]));
    const last = shown.findLast(({ message }) => message.buttons.length);
    for (const { message, node } of shown) {
      const retired = message !== last?.message || picks.has(message.id);
      for (const button of findAll(".buttons button", node)) {
        button.disabled = retired;
        button.classList.toggle("picked", picks.get(message.id) === button.textContent);
      }
    }
  }

  // Only scrolling up leaves the end: growing content must not, or a picture that loads late would.
  onScroll() {
    const near = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < AT_END;
    this.atEnd = near || (this.atEnd && this.log.scrollTop >= this.lastTop);
    this.lastTop = this.log.scrollTop;
    if (near) find(".newer", this.root).hidden = true;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.onScroll();
  }

  showTyping(name) {
    find(".typing span", this.root).textContent = label("typing", { name: name || label("staff_tab") });
    find(".typing", this.root).hidden = false;
    clearTimeout(this.typingTimer);
    this.typingTimer = setTimeout(() => this.hideTyping(), TYPING_SHOWN);
    if (this.atEnd) this.toEnd();
  }

  hideTyping() {
    find(".typing", this.root).hidden = true;
  }

  ping() {
    const text = this.input.value;
    if (!text || text.startsWith("/") || Date.now() - this.lastPing < TYPING_PAUSE) return; // Commands and notes are for nobody else.
    this.lastPing = Date.now();
    send("/api/typing", this.fields()).catch(() => {}); // Nobody misses a ping.
  }

  onKey(event) {
    const composing = event.isComposing || event.keyCode === 229; // Enter then belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    this.send();
  }

  fit() {
    this.input.style.height = "auto"; // It only ever reports more than it has.
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }

  send() {
    const text = this.input.value.trim();
    if (!text && !this.files.length) return;
    this.say(text, this.files);
    this.input.value = "";
    this.files = [];
    this.lastPing = 0;
    this.complain("");
    this.drawFiles();
    this.fit();
    this.input.focus();
  }

  say(text, files = []) {
    const nonce = newId();
    const shown = files.map(({ name, size }) => ({ name, size }));
    const message = {
      id: `~${nonce}`, nonce, revision: "0", own: true, pending: true, name: this.whoWrites(), at: Date.now(),
      text, files: shown, quoted: "", reactions: [], buttons: [],
    };
    this.show(message);
    const upload = this.upload.bind(this, message, this.fields(), files, this.query);
    this.queue = this.queue.then(upload);
  }

  async upload(message, fields, files, query) {
    const form = new FormData();
    Object.entries({ ...fields, id: message.nonce, text: message.text }).forEach(([key, value]) => form.append(key, value));
    files.forEach((file) => form.append("file", file, file.name));
    try {
      const posted = await sendSurely(`/api/${this.view}/messages`, form);
      if (this.entries.has(message.id)) this.show(posted);
    } catch (error) {
      if (query === this.query) this.show({ ...message, pending: false, failed: error.message });
      this.input.value ||= message.text;
    }
  }

  press(message, data, button) {
    button.disabled = true;
    if (!onPhone()) this.input.focus();
    const body = { ...this.fields(), id: newId(), message: message.id, data };
    this.queue = this.queue.then(() => sendSurely(`/api/${this.view}/presses`, body))
      .catch((error) => this.complain(label(error.message)))
      .finally(() => { button.disabled = false; this.refresh(); });
  }

  onDrag(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.root.classList.toggle("dropping", event.type === "dragover");
    this.addFiles(event, event.dataTransfer.files);
  }

  addFiles(event, files) {
    if (!files.length) return;
    event.preventDefault();
    const { bytes, files: most } = page.limits;
    this.complain("");
    for (const file of files) {
      if (file.size > bytes) this.complain(`${file.name}: ${label("too_large", { limit: sizeOf(bytes) })}`);
      else if (this.files.length >= most) this.complain(label("too_many_files", { limit: most }));
      else this.files.push(file);
    }
    this.drawFiles();
    this.input.focus();
  }

  drawFiles() {
    const list = find(".chosen", this.root);
    findAll("img", list).forEach((picture) => URL.revokeObjectURL(picture.src));
    list.replaceChildren(...this.files.map((file) => this.chip(file)));
  }

  chip(file) {
    const remove = makeButton("", "✕", () => {
      this.files = this.files.filter((other) => other !== file);
      this.drawFiles();
    });
    remove.ariaLabel = label("remove_file", { name: file.name });
    const isPicture = /^image\/(png|jpeg|gif|webp)$/.test(file.type);
    const picture = isPicture ? [Object.assign(make("img"), { src: URL.createObjectURL(file), alt: "" })] : [];
    return inside("li", [...picture, make("span", "", file.name), make("small", "", sizeOf(file.size)), remove]);
  }

  complain(text) {
    find(".problem", this.root).textContent = text;
  }
}

// ---- The staff's threads

class Threads {
  constructor(chat) {
    this.chat = chat;
    this.known = new Map();
    this.current = null;
    this.read = JSON.parse(localStorage.getItem("read") ?? "{}");
    find("#back").addEventListener("click", () => this.open(null));
  }

  put(thread) {
    this.known.set(thread.thread, { ...thread, latest: thread.latest ?? this.known.get(thread.thread)?.latest });
    this.draw();
  }

  // A message for any thread: the list learns of it, the open chat shows it.
  take(message) {
    const thread = this.known.get(message.thread);
    if (message.thread === this.current) this.chat.show(message);
    if (!thread || message.deleted) return;
    if (!thread.latest || !isNewer(thread.latest.id, message.id)) thread.latest = message;
    this.draw();
    if (this.current === null && message.thread && !onPhone()) this.open(message.thread);
  }

  async open(id) {
    this.current = id;
    find("#thread").classList.toggle("none", id === null);
    this.draw();
    if (id === null) return;
    await this.chat.reset({ thread: id });
    this.draw();
    if (onPhone()) find("#thread-title").focus();
  }

  markRead() {
    const latest = this.known.get(this.current)?.latest;
    const looking = !document.hidden && (!onPhone() || document.body.dataset.tab === "staff");
    if (!latest || !looking || this.read[this.current] === latest.id) return;
    this.read[this.current] = latest.id;
    localStorage.setItem("read", JSON.stringify(this.read));
  }

  isUnread({ thread, latest }) {
    return Boolean(latest) && !latest.own && isNewer(latest.id, this.read[thread] ?? "0");
  }

  draw() {
    this.markRead();
    const focused = document.activeElement.dataset.thread;
    const threads = [...this.known.values()];
    const rank = (one) => (one.thread ? one.latest?.id ?? "0" : "");
    threads.sort((one, other) => (isNewer(rank(one), rank(other)) ? -1 : 1));
    find("#threads").replaceChildren(...threads.map((thread) => this.item(thread)));
    if (focused !== undefined) find(`#threads [data-thread="${focused}"]`)?.focus();
    find("#no-threads").hidden = threads.some((one) => one.thread);
    const open = this.known.get(this.current);
    find("#thread-title").textContent = open ? open.title || label("general") : "";
    find("#thread-state").textContent = open?.thread ? label(open.closed ? "closed" : "open") : "";
    find("#thread-state").classList.toggle("closed", Boolean(open?.closed));
    setBadge("staff", threads.filter((one) => this.isUnread(one)).length);
  }

  item(thread) {
    const { latest, closed } = thread;
    const button = makeButton(closed ? "closed" : "", "", () => this.open(thread.thread));
    const title = make("span", "title", thread.title || label("general"));
    if (this.isUnread(thread)) {
      button.classList.add("unread");
      title.append(make("span", "for-readers", ` (${label("unread")})`));
    }
    button.ariaCurrent = String(thread.thread === this.current);
    button.dataset.thread = thread.thread;
    button.append(title, make("time", "", latest ? timeOf(latest.at) : ""));
    if (latest) button.append(make("span", "preview", `${latest.name || label("bot")}: ${textOf(latest)}`));
    if (closed) button.append(make("span", "state closed", label("closed")));
    return inside("li", [button]);
  }
}

// ---- The page around them

const setBadge = (tab, count) => { find(`.tabs [data-tab="${tab}"] .badge`).textContent = count || ""; };

function setTab(tab) {
  document.body.dataset.tab = tab;
  findAll(".tabs button").forEach((button) => { button.ariaCurrent = String(button.dataset.tab === tab); });
  if (tab === "requester") setBadge("requester", 0);
  threads.draw();
}

function noticeNew({ own, deleted, edited, view }) {
  if (own || deleted || edited) return;
  if (document.hidden) document.title = `● ${label("title")}`;
  const unseen = Number(find('.tabs [data-tab="requester"] .badge').textContent) + 1;
  if (view === "requester" && document.body.dataset.tab !== view) setBadge(view, unseen);
}

function applyLabels() {
  document.documentElement.lang = page.language;
  document.documentElement.dir = /^(ar|fa|he|ur)\b/.test(page.language) ? "rtl" : "ltr";
  document.title = label("title");
  findAll("[data-label]").forEach((node) => { node.textContent = label(node.dataset.label); });
  findAll("[data-named]").forEach((node) => { node.ariaLabel = node.title = label(node.dataset.named); });
  find("#requester-name").textContent = label("you_are", { name: page.requester });
  for (const [chat, name] of [[requester, "requester"], [staff, "staff"]]) {
    chat.input.placeholder = chat.input.ariaLabel = label(`message_to_${name}`);
    chat.input.maxLength = page.limits.text;
    chat.log.ariaLabel = label(`${name}_heading`);
  }
}

const offer = (select, options, chosen) =>
  select.replaceChildren(...options.map(([value, text]) => new Option(text, value, false, value === chosen)));

async function openSession() {
  const language = localStorage.getItem("language") ?? "";
  const session = await ask(`/api/session?${new URLSearchParams({ language })}`);
  Object.assign(page, session, { requester: session.requester.name });
  offer(find("#language"), Object.entries(session.languages), session.language);
  offer(find("#agent"), session.agents.map(({ id, name }) => [id, name]), localStorage.getItem("agent"));
  applyLabels();
}

const onStream = {
  thread: (thread) => threads.put(thread),
  message(message) {
    noticeNew(message);
    if (message.view === "staff") threads.take(message);
    else requester.show(message);
  },
  typing({ view, thread, name }) {
    if (view === "requester") requester.showTyping(name);
    else if (thread === threads.current) staff.showTyping(name);
  },
};

let stream = null;
let lastSeen = "0";

function openStream() {
  stream?.close();
  const opened = new EventSource(`/api/stream?${new URLSearchParams({ views: "requester,staff", after: lastSeen })}`);
  stream = opened;
  opened.onopen = () => { find("#offline").hidden = true; };
  // The browser reconnects by itself after a broken connection, but gives up after an answer it did not expect.
  opened.onerror = async () => {
    find("#offline").hidden = false;
    if (opened.readyState !== EventSource.CLOSED) return;
    await wait(RETRY_STEPS[2]);
    if (opened === stream) openStream();
  };
  for (const [kind, act] of Object.entries(onStream)) {
    opened.addEventListener(kind, (event) => {
      lastSeen = event.lastEventId || lastSeen;
      act(JSON.parse(event.data));
    });
  }
}

async function start() {
  stream?.close();
  try {
    await openSession();
    const history = await requester.reset({});
    lastSeen = history.revision;
    (await ask("/api/staff/threads")).threads.forEach((thread) => threads.put(thread));
    threads.draw();
    openStream();
    const newest = [...threads.known.keys()].findLast(Boolean);
    if (newest && threads.current === null && !onPhone()) await threads.open(newest);
  } catch {
    find("#offline").hidden = false;
    await wait(RETRY_STEPS[2]);
    await start();
  }
}

async function changeLanguage(event) {
  localStorage.setItem("language", event.target.value);
  await openSession();
  threads.draw();
  for (const chat of [requester, staff]) if (chat.query) await chat.reset(chat.query);
  if (requester.entries.size) requester.say(`/language ${page.language}`);
}

async function becomeSomebodyNew() {
  await send("/api/requester", {});
  await start();
  requester.input.focus();
}

const requester = new Chat(find("#requester"), {
  view: "requester", onlyLastPrompt: true,
  whoWrites: () => page.requester,
  fields: () => ({ language: page.language }),
});
const staff = new Chat(find("#thread"), {
  view: "staff", onlyLastPrompt: false,
  whoWrites: () => find("#agent").selectedOptions[0].text,
  fields: () => ({ agent: find("#agent").value, thread: threads.current ?? "" }),
});
const threads = new Threads(staff);

find("#language").addEventListener("change", changeLanguage);
find("#agent").addEventListener("change", (event) => localStorage.setItem("agent", event.target.value));
find("#new-person").addEventListener("click", becomeSomebodyNew);
find("#reconnect").addEventListener("click", openStream);
findAll(".tabs button").forEach((button) => button.addEventListener("click", () => setTab(button.dataset.tab)));
document.addEventListener("visibilitychange", () => { document.title = label("title"); threads.draw(); });
setTab("requester");
start();
