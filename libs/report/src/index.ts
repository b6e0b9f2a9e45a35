// An evaluation, or an evolution, as one HTML file that needs no network.
export { writeReport, type ReportMeta } from './write-report.ts';
export { writeEvolutionReport } from './evolution/write-evolution-report.ts';
