import type { ModelFolder } from '../model-folder.ts';

/** A family of chat models: its control tokens and its published chat template, on the vocabulary of a fixture. */
export interface ChatFamily {
  readonly name: string;
  readonly controls: readonly string[];
  readonly bos?: string;
  readonly eos: string;
  readonly template: string;
}

const alternate = "{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}";
const each = (body: string): string => `{% for message in messages %}${body}{% endfor %}`;
const opening = (text: string): string => `{% if add_generation_prompt %}{{ '${text}' }}{% endif %}`;

export const chatFamilies: readonly ChatFamily[] = [
  {
    name: 'Llama 3', bos: '<|begin_of_text|>', eos: '<|eot_id|>',
    controls: ['<|begin_of_text|>', '<|end_of_text|>', '<|start_header_id|>', '<|end_header_id|>', '<|eot_id|>', '<|eom_id|>', '<|python_tag|>', '<|reserved_special_token_0|>'],
    template: `{{ bos_token }}${each("{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n' + message['content'] | trim + '<|eot_id|>' }}")}${opening('<|start_header_id|>assistant<|end_header_id|>\\n\\n')}`,
  },
  {
    name: 'ChatML (Qwen)', eos: '<|im_end|>', controls: ['<|im_start|>', '<|im_end|>', '<|endoftext|>', '<think>', '</think>', '<tool_call>', '</tool_call>', '<|fim_prefix|>', '<|vision_start|>'],
    template: `${each("{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}")}${opening('<|im_start|>assistant\\n')}`,
  },
  {
    name: 'Mistral', bos: '<s>', eos: '</s>', controls: ['<s>', '</s>', '<unk>', '[INST]', '[/INST]', '[SYSTEM_PROMPT]', '[/SYSTEM_PROMPT]', '[TOOL_CALLS]', '[AVAILABLE_TOOLS]', '[THINK]', '[/THINK]', '[IMG]'],
    template: `{{ bos_token }}${each(`${alternate}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ message['content'] + eos_token }}{% endif %}`)}`,
  },
  {
    name: 'Gemma', bos: '<bos>', eos: '<end_of_turn>', controls: ['<bos>', '<eos>', '<pad>', '<unk>', '<start_of_turn>', '<end_of_turn>', '<start_of_image>', '<unused_7>'],
    template: `{{ bos_token }}${each(`${alternate}{% if message['role'] == 'assistant' %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}`)}${opening('<start_of_turn>model\\n')}`,
  },
  {
    name: 'DeepSeek R1', bos: '<｜begin▁of▁sentence｜>', eos: '<｜end▁of▁sentence｜>', controls: ['<｜begin▁of▁sentence｜>', '<｜end▁of▁sentence｜>', '<｜User｜>', '<｜Assistant｜>', '<｜tool▁calls▁begin｜>', '<think>', '</think>'],
    template: `{{ bos_token }}${each("{% if message['role'] == 'user' %}{{ '<｜User｜>' + message['content'] }}{% else %}{{ '<｜Assistant｜>' + message['content'] + '<｜end▁of▁sentence｜>' }}{% endif %}")}${opening('<｜Assistant｜><think>\\n')}`,
  },
  {
    name: 'Phi', eos: '<|end|>', controls: ['<|user|>', '<|assistant|>', '<|system|>', '<|end|>', '<|endoftext|>', '<|placeholder1|>'],
    template: `${each("{{ '<|' + message['role'] + '|>\\n' + message['content'] + '<|end|>\\n' }}")}${opening('<|assistant|>\\n')}`,
  },
  {
    name: 'EXAONE', eos: '[|endofturn|]', controls: ['[|system|]', '[|user|]', '[|assistant|]', '[|endofturn|]', '[BOS]', '<thought>', '</thought>'],
    template: `${each("{% if message['role'] == 'user' %}{{ '[|user|]' + message['content'] + '\\n' }}{% else %}{{ '[|assistant|]' + message['content'] + '[|endofturn|]\\n' }}{% endif %}")}${opening('[|assistant|]')}`,
  },
  {
    name: 'Vicuna (turns without tokens)', bos: '<s>', eos: '</s>', controls: ['<s>', '</s>', '<unk>'],
    template: `{{ bos_token }}${each("{% if message['role'] == 'user' %}{{ 'USER: ' + message['content'] + '\\n' }}{% else %}{{ 'ASSISTANT: ' + message['content'] + '</s>\\n' }}{% endif %}")}${opening('ASSISTANT: ')}`,
  },
];

/** The folder as if its model were of that family; the ids of its control tokens are the last ones. */
export function folderOfFamily(folder: ModelFolder, { controls, bos, eos, template }: ChatFamily): { readonly folder: ModelFolder; readonly controlIds: readonly number[] } {
  const { vocab } = folder.config;
  const controlIds = controls.map((_, at) => vocab + at);
  const added = (folder.tokenizerJson['added_tokens'] as readonly { readonly special?: boolean }[]).filter(({ special }) => special !== true);
  const tokens = controls.map((content, at) => ({ id: controlIds[at]!, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }));
  return {
    folder: {
      ...folder, config: { ...folder.config, vocab: vocab + controls.length }, tokenizerJson: { ...folder.tokenizerJson, added_tokens: [...added, ...tokens] },
      tokenizerConfig: { ...folder.tokenizerConfig, chat_template: template, bos_token: bos ?? null, eos_token: eos, pad_token: eos },
    },
    controlIds,
  };
}
