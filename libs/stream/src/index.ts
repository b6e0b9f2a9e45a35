export { Credits } from './credits.ts';
export { silent, type Observer, type Signal } from './observer.ts';
export { defineStage, type Delivery, type Emission, type Output, type Settlement, type Stage, type StageContext, type StageDefinition, type Verdict } from './stage.ts';
