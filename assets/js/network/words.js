/** The sentences of the page, as the server translated them; {names} in them are filled here. */

const fill = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (found, name) => values[name] ?? found);

export class Words {
  constructor(known, language) {
    this.known = known;
    this.language = language;
    this.plural = new Intl.PluralRules(language);
    this.number = new Intl.NumberFormat(language);
    this.list = new Intl.ListFormat(language, { type: "conjunction" });
  }

  say(key, values = {}) {
    return fill(this.known[key], values);
  }

  /** A sentence with a number in it, in the singular or the plural. */
  some(key, count, values = {}) {
    const [one, many] = this.known[key];
    return fill(this.plural.select(count) === "one" ? one : many, { n: this.number.format(count), ...values });
  }

  /** « La Ruche, CLPS et 3 autres ». */
  names(names, most = 4) {
    const shown = names.length > most + 1 ? [...names.slice(0, most), this.some("others", names.length - most)] : names;
    return this.list.format(shown);
  }
}
