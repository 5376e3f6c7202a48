// What is what in a file: the questions that stay open before it can be looked at, and where the server's objections belong.

interface LayerChoice {
  layer: string;
  collection: string | null;
  crs: string | null;
  match: 'id' | 'name';
  fields: Record<string, string | null>;
}
interface LayerFacts {
  name: string;
  geometry_type: string | null;
  crs: { state: 'stated' | 'unknown' | 'missing' };
  /** The server suggests ids where a field of the file gives them or its features bear ids of their own. */
  suggested: { match: 'id' | 'name' } | null;
}

export type Question = 'crs' | 'id' | 'name';

/** What a layer must still be told: where its coordinates belong, and what it is recognised by. */
export function questionsOf(layer: LayerFacts, choice: LayerChoice): Question[] {
  if (choice.collection === null) return [];
  const { fields, match } = choice;
  const isNamed = Boolean(fields['name_zh'] || fields['name_en']);
  return [
    ...(layer.crs.state !== 'stated' && choice.crs === null ? (['crs'] as const) : []),
    ...(match === 'id' && !fields['id'] && layer.suggested?.match !== 'id' ? (['id'] as const) : []),
    ...(match === 'name' && !isNamed ? (['name'] as const) : []),
  ];
}

/** Which layer and which member an objection is about: `layers[0].fields.id` is the first layer's `id`. */
export function spotOf(field: string): { layer: number | null; member: string } {
  const [, index, rest] = /^\/?layers[[./](\d+)\]?[./]?(.*)$/.exec(field) ?? [];
  if (index === undefined) return { layer: null, member: field.replace(/^\//, '') };
  return { layer: Number(index), member: rest!.replace(/^(fields|defaults)[./]/, '') };
}

const SAMPLES = 3;
const SAMPLE_LETTERS = 40;

/** A few values of a field, short enough for a line. */
export function samplesText(samples: readonly unknown[], comma: string): string {
  const short = (value: unknown) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text.length > SAMPLE_LETTERS ? `${text.slice(0, SAMPLE_LETTERS)}…` : text;
  };
  return samples
    .filter((value) => value !== null && value !== '')
    .slice(0, SAMPLES)
    .map(short)
    .join(comma);
}
