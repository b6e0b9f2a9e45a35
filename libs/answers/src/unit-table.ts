// Units by name: which dimension, and how many of its base unit one is (SI brochure, 9th edition, for the exact factors).

export interface UnitRow {
  /** Base unit; units of one base convert into each other. Empty: a count that changes nothing ("dose" in mg/kg/dose). */
  readonly base: string;
  readonly factor: number;
  /** Base the unit already is per: bpm is beats per time. */
  readonly per?: string;
  /** Zero point in base units (temperatures). */
  readonly offset?: number;
}

const rows: { readonly [names: string]: UnitRow } = {
  'kg kilogram kilo kilogramme': { base: 'g', factor: 1000 }, 'g gm gram gramme': { base: 'g', factor: 1 }, 'mg milligram milligramme': { base: 'g', factor: 1e-3 },
  'mcg µg ug microgram microgramme': { base: 'g', factor: 1e-6 }, 'ng nanogram': { base: 'g', factor: 1e-9 }, 'pg picogram': { base: 'g', factor: 1e-12 },
  'lb pound': { base: 'g', factor: 453.59237 }, 'oz ounce': { base: 'g', factor: 28.349523125 }, 'gr grain': { base: 'g', factor: 0.06479891 },
  'l liter litre': { base: 'L', factor: 1 }, 'dl deciliter decilitre': { base: 'L', factor: 0.1 }, 'ml cc milliliter millilitre cm3 cm^3': { base: 'L', factor: 1e-3 },
  'µl ul mcl microliter microlitre mm3 mm^3': { base: 'L', factor: 1e-6 }, 'nl nanoliter': { base: 'L', factor: 1e-9 }, 'fl femtoliter': { base: 'L', factor: 1e-15 },
  's sec second': { base: 'h', factor: 1 / 3600 }, 'min minute': { base: 'h', factor: 1 / 60 }, 'h hr hour': { base: 'h', factor: 1 },
  'd day': { base: 'h', factor: 24 }, 'wk week': { base: 'h', factor: 168 }, 'mo month': { base: 'month', factor: 1 }, 'y yr year': { base: 'month', factor: 12 },
  'mol mole': { base: 'mol', factor: 1 }, 'mmol millimole': { base: 'mol', factor: 1e-3 }, 'µmol umol micromole': { base: 'mol', factor: 1e-6 }, 'nmol nanomole': { base: 'mol', factor: 1e-9 }, 'pmol': { base: 'mol', factor: 1e-12 },
  'mM': { base: 'mol', factor: 1e-3, per: 'L' }, 'µM': { base: 'mol', factor: 1e-6, per: 'L' },
  'eq': { base: 'Eq', factor: 1 }, 'meq milliequivalent': { base: 'Eq', factor: 1e-3 }, 'osm': { base: 'Osm', factor: 1 }, 'mosm milliosmole': { base: 'Osm', factor: 1e-3 },
  'u unit iu international-unit': { base: 'U', factor: 1 }, 'mu milliunit': { base: 'U', factor: 1e-3 }, 'MU megaunit': { base: 'U', factor: 1e6 },
  'm meter metre': { base: 'm', factor: 1 }, 'cm centimeter centimetre': { base: 'm', factor: 0.01 }, 'mm millimeter millimetre': { base: 'm', factor: 1e-3 }, 'µm um micron micrometer': { base: 'm', factor: 1e-6 },
  'inch inches in': { base: 'm', factor: 0.0254 }, 'ft foot feet': { base: 'm', factor: 0.3048 }, 'm2 m^2 square-meter square-metre': { base: 'm2', factor: 1 }, 'cm2 cm^2': { base: 'm2', factor: 1e-4 },
  '1.73m2 1.73m^2': { base: '1.73m2', factor: 1 },
  'mmhg mm-hg torr': { base: 'Pa', factor: 133.322387415 }, 'cmh2o cm-h2o': { base: 'Pa', factor: 98.0665 }, 'pa': { base: 'Pa', factor: 1 }, 'kpa kilopascal': { base: 'Pa', factor: 1000 },
  'cal': { base: 'J', factor: 4.184 }, 'kcal kilocalorie calorie': { base: 'J', factor: 4184 }, 'j joule': { base: 'J', factor: 1 }, 'kj kilojoule': { base: 'J', factor: 1000 },
  'tablet tab': { base: 'tablet', factor: 1 }, 'capsule cap': { base: 'capsule', factor: 1 }, 'gtt gtts drop': { base: 'drop', factor: 1 }, 'puff': { base: 'puff', factor: 1 }, 'vial': { base: 'vial', factor: 1 },
  'ampule ampoule amp': { base: 'ampule', factor: 1 }, 'teaspoon tsp': { base: 'L', factor: 5e-3 }, 'tablespoon tbsp': { base: 'L', factor: 15e-3 }, 'dose': { base: '', factor: 1 },
  '% percent': { base: '%', factor: 1 }, 'cell': { base: 'cell', factor: 1 }, 'beat': { base: 'beat', factor: 1 }, 'breath': { base: 'breath', factor: 1 }, 'bpm': { base: 'beat', factor: 60, per: 'h' },
  '°c degree-celsius degree-c celsius': { base: 'K', factor: 1, offset: 273.15 }, '°f degree-fahrenheit degree-f fahrenheit': { base: 'K', factor: 5 / 9, offset: 459.67 * 5 / 9 },
};

const byName: ReadonlyMap<string, UnitRow> = new Map(Object.entries(rows).flatMap(([names, row]) => names.split(' ').map((name) => [name, row] as const)));

/** The row of a unit's name: exact case first (mM, MU), then lower case, then without a plural s. Two words are joined by "-". */
export function unitRow(name: string): UnitRow | undefined {
  const lower = name.toLowerCase();
  return byName.get(name) ?? byName.get(lower) ?? (lower.length > 2 && lower.endsWith('s') ? byName.get(lower.slice(0, -1)) : undefined);
}
