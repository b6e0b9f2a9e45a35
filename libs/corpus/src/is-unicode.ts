/** Whether no text inside a value holds half a surrogate pair: such a text cannot be written as UTF-8. */
export const isUnicode = (value: unknown): boolean => (typeof value === 'string' ? value.isWellFormed() : typeof value !== 'object' || value === null || Object.values(value).every(isUnicode));
