// What the page knows: people, channels, messages and what is open. Views read it; only app.js changes it.

export const model = {
  team: "", me: "", bot: "",
  users: [], channels: [], commands: [], shortcuts: [], suggestions: [],
  messages: new Map(),
  views: [], home: null,
  connected: true, linked: true,
  channel: null, thread: null, tab: "messages", editing: null,
  unread: new Map(), prompts: new Map(), status: new Map(),
};

const keyOf = (message) => `${message.channel}/${message.ts}`;

export function load(state) {
  const { messages, ...rest } = state;
  Object.assign(model, rest);
  model.messages = new Map(messages.map((message) => [keyOf(message), message]));
  if (!model.channels.some((channel) => channel.id === model.channel)) model.channel = model.channels[0]?.id ?? null;
}

export const keep = (message) => model.messages.set(keyOf(message), message);
export const forget = ({ channel, ts }) => model.messages.delete(`${channel}/${ts}`);
export const find = (channel, ts) => model.messages.get(`${channel}/${ts}`);

const sorted = (messages) => messages.sort((a, b) => (a.ts < b.ts ? -1 : 1));
const inThread = (message) => message.thread_ts && message.thread_ts !== message.ts;

/** What the root of a channel shows, in order of time. */
export const rootOf = (channel) => sorted([...model.messages.values()].filter((message) => (
  message.channel === channel && (!inThread(message) || message.subtype === "thread_broadcast"))));

/** A thread: its parent, then its replies. */
export const threadOf = (channel, ts) => sorted([...model.messages.values()].filter((message) => (
  message.channel === channel && (message.ts === ts || message.thread_ts === ts))));

export const channelOf = (id) => model.channels.find((channel) => channel.id === id);
export const isDirect = (id) => Boolean(channelOf(id)?.is_im);
export const botName = () => people.user(model.bot);
export const titleOf = (channel) => (channel.is_im ? botName() : `# ${channel.name}`);

/** Names, as the renderers ask for them. */
export const people = {
  get me() { return model.me; },
  get bot() { return model.bot; },
  user: (id) => (id === "USLACKBOT" ? "workspace" : model.users.find((user) => user.id === id)?.name || id),
  channel: (id) => channelOf(id)?.name || id,
  users: () => model.users,
  channels: () => model.channels.filter((channel) => !channel.is_im),
};
