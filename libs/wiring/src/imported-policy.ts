/** The policy of a folder whose trees were imported from MedSSS-data: who wrote them is not known beyond the file, and nobody can be asked for more. */
export const importedPolicy = 'medsss-data';
