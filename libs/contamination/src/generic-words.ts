// Words that make up the frame of an examination question and say nothing of what it asks about.
const frame = `
a an the this that these those it its he she they his her their them him i you your we our who whom whose which what when where why how
is are was were be been being am do does did done has have had having can could may might must shall should will would
of in on at by to for from with without into during after before between among under over about against within than as per via
and or nor but if then else so not no yes neither either both all any each every none one ones two three some most more least less other others another same such only also very
following follow follows except true false correct incorrect right wrong statement statements regarding concerning given below above best describes described describe
next step likely probable probably common commonly commonest usually typically characteristic characterized characteristically feature features finding findings seen
caused causes cause due associated association related relation used use uses useful called known defined definition type types example examples
choice drug treatment diagnosis diagnosed management investigation cases case patient patients year years old man woman male female boy girl child
question answer option options choose select pick mark s t maybe
`;

const generic: ReadonlySet<string> = new Set(frame.split(/\s+/u).filter((word) => word !== ''));

/** How many different words of a text say what it is about: neither frame words nor numbers nor single letters. "Which of the following is true?" has none. */
export const tellingWords = (words: readonly string[]): number => new Set(words.filter((word) => !generic.has(word) && !/^\p{Nd}/u.test(word) && [...word].length > 1)).size;
