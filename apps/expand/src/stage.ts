// expand: questions and rollouts in; tree events and closed trees out. The only stage with state: the trees that are open.
//
// Reads   questions (one tree credit each, from opening to closing), rollouts (no credit: folding always goes on, or the cycle would stop).
// Writes  expansions (opened, chosen, expansion, simulation, closed; snapshot of a tree that would make a restart long), trees, faults; forwards `end` when the last tree before it is closed.
// Settles a question with its `opened` event, a rollout when it is folded. Requests in flight are no input: a restart derives them from the trees.
import { topics } from '@slowthink/records';
import { defineStage } from '@slowthink/stream';
import { concat, defer, expand as repeatOver, finalize, from, map, mergeMap } from 'rxjs';
import { askPolicy } from './ask-policy.ts';
import { OpenTrees, type ExpandDeps } from './open-trees.ts';

export const expand = defineStage<ExpandDeps>({
  name: 'expand',
  reads: [topics.questions, topics.rollouts],
  writes: [topics.expansions, topics.trees, topics.faults],
  endsTo: [topics.expansions, topics.trees],
  ends: 'operator',
  gates: { questions: 'trees' },
  restores: [topics.expansions, topics.rollouts],
  arrows: {
    questions: 'Each question opens one tree, as soon as a tree credit is free and the lag downstream allows it.',
    rollouts: 'What the simulations of a node gave comes back and is folded into its tree at once; the tree backs it up, goes on or closes.',
    expansions: 'Every event of a tree but its rollouts: opened, the chosen actions, one record a new node, further simulations, closed; a slow tree is written again as a snapshot. A node names how many completions it wants.',
    trees: 'One record a closed tree, with every node, value and visit: the product.',
  },
  operator: (deps, context) => (delivery$) => defer(() => {
    const trees = new OpenTrees(deps, context);
    const ask = askPolicy(deps, context);
    return concat(
      from(trees.restore()),                                               // Turn          trees that were open when the last process ended
      delivery$.pipe(map((delivery) => trees.take(delivery))),             // Turn          a question, a rollout or an end
    ).pipe(
      repeatOver((turn) => from(turn.asks).pipe(
        mergeMap((one) => ask(one)),                                       // Ask -> Answer each under a request credit
        map((answer) => trees.answer(answer)),                             // Answer -> Turn
      )),
      map((turn) => turn.emission),                                        // Turn -> Emission
      finalize(() => trees.release()),
    );
  }),
});
