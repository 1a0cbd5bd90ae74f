// The common emoji by their Slack names.

const NAMES = {
  "+1": "👍", thumbsup: "👍", "-1": "👎", thumbsdown: "👎", white_check_mark: "✅", heavy_check_mark: "✔️", x: "❌",
  negative_squared_cross_mark: "❎", warning: "⚠️", exclamation: "❗", question: "❓", grey_question: "❔", bulb: "💡",
  information_source: "ℹ️", mag: "🔍", book: "📖", books: "📚", link: "🔗", pushpin: "📌", memo: "📝", pencil: "📝",
  calendar: "📅", clock1: "🕐", hourglass: "⌛", hourglass_flowing_sand: "⏳", rocket: "🚀", tada: "🎉", fire: "🔥",
  sparkles: "✨", star: "⭐", zap: "⚡", wrench: "🔧", hammer: "🔨", gear: "⚙️", package: "📦", computer: "💻",
  desktop_computer: "🖥️", penguin: "🐧", apple: "🍎", window: "🪟", snake: "🐍", robot_face: "🤖", wave: "👋", eyes: "👀",
  pray: "🙏", raised_hands: "🙌", clap: "👏", ok_hand: "👌", muscle: "💪", point_right: "👉", point_left: "👈",
  point_down: "👇", point_up: "☝️", thinking_face: "🤔", smile: "😄", grinning: "😀", slightly_smiling_face: "🙂",
  blush: "😊", wink: "😉", sweat_smile: "😅", joy: "😂", cry: "😢", sob: "😭", confused: "😕", neutral_face: "😐",
  open_mouth: "😮", heart: "❤️", broken_heart: "💔", "100": "💯", lock: "🔒", unlock: "🔓", key: "🔑", bell: "🔔",
  no_bell: "🔕", speech_balloon: "💬", bug: "🐛", seedling: "🌱", recycle: "♻️", arrow_right: "➡️", arrow_left: "⬅️",
  arrow_up: "⬆️", arrow_down: "⬇️", arrows_counterclockwise: "🔄", no_entry: "⛔", no_entry_sign: "🚫",
  large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", large_blue_circle: "🔵", white_circle: "⚪",
  black_circle: "⚫", heavy_plus_sign: "➕", heavy_minus_sign: "➖", abacus: "🧮", bar_chart: "📊", clipboard: "📋",
  file_folder: "📁", page_facing_up: "📄", floppy_disk: "💾", electric_plug: "🔌", battery: "🔋", stopwatch: "⏱️",
  ballot_box_with_check: "☑️", heavy_exclamation_mark: "❗", card_index_dividers: "🗂️", label: "🏷️", test_tube: "🧪",
};

/** The emoji of a name, or the name between colons when it is not known here. */
export const emoji = (name) => NAMES[name.split("::")[0]] || `:${name}:`;
