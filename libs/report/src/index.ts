// An evaluation as one HTML file that needs no network.
export { writeReport, type ReportMeta } from './write-report.ts';
