// The quiet colours of the base map, by day and by night. They carry no meaning of the plan.

export interface Tones {
  land: string;
  district: string;
  districtLine: string;
  water: string;
  waterName: string;
  street: string;
  streetCase: string;
  rail: string;
  name: string;
  halo: string;
  label: string;
  accent: string;
  casing: string;
  reach: string;
  error: string;
}

const DAY: Tones = {
  land: '#f1efe8',
  district: '#fbfaf6',
  districtLine: '#a8a294',
  water: '#b9d9e2',
  waterName: '#3f7f92',
  street: '#ffffff',
  streetCase: '#d9d4c7',
  rail: '#b3ada1',
  name: '#6d6a61',
  halo: '#ffffff',
  label: '#1f2a2e',
  accent: '#0b6e72',
  casing: '#ffffff',
  reach: '#0b6e72',
  error: '#8a4b12',
};

const NIGHT: Tones = {
  land: '#161b1d',
  district: '#1c2326',
  districtLine: '#5b6569',
  water: '#203f4a',
  waterName: '#74a9b8',
  street: '#30383b',
  streetCase: '#22292c',
  rail: '#4a5357',
  name: '#98a2a5',
  halo: '#14191b',
  label: '#eef3f3',
  accent: '#4fc3c0',
  casing: '#0e1315',
  reach: '#4fc3c0',
  error: '#e0a060',
};

/** On top of a photo or a foreign map the base's own land and streets step aside, and halos work harder. */
export function tonesFor(dark: boolean): Tones {
  return dark ? NIGHT : DAY;
}
