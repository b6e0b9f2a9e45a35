import type { Kind } from './kind.ts';
import { dailyDose } from './kinds/daily-dose.ts';
import { dripRate } from './kinds/drip-rate.ts';
import { heparinRate } from './kinds/heparin-rate.ts';
import { maintenanceFluid } from './kinds/maintenance-fluid.ts';
import { poundsDose } from './kinds/pounds-dose.ts';
import { poundsVolume } from './kinds/pounds-volume.ts';
import { pumpRate } from './kinds/pump-rate.ts';
import { tabletCourse } from './kinds/tablet-course.ts';
import { vialVolume } from './kinds/vial-volume.ts';

/** Every kind of dose calculation, in the order in which rows of a data set take turns. */
export const kinds: readonly Kind[] = [dailyDose, poundsDose, vialVolume, dripRate, tabletCourse, pumpRate, heparinRate, maintenanceFluid, poundsVolume];
