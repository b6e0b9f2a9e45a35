/** Epithets behind an abbreviated genus: the "E." of "E. coli" and the "B." of "B. fragilis" are no option letters. */
export const species: ReadonlySet<string> = new Set((
  'coli histolytica granulosus faecalis faecium vermicularis fragilis cereus anthracis burgdorferi pertussis henselae quintana abortus melitensis microti hominis dermatitidis '
  + 'difficile diff albicans glabrata auris botulinum perfringens tetani jejuni fetus diphtheriae trachomatis pneumoniae psittaci neoformans gattii burnetii immitis parvum '
  + 'pylori influenzae ducreyi capsulatum aureus epidermidis saprophyticus pyogenes agalactiae viridans bovis mutans mitis typhi enteritidis sonnei dysenteriae flexneri mansoni haematobium japonicum stercoralis '
  + 'oxytoca granulomatis falciparum vivax ovale malariae knowlesi aeruginosa mirabilis vulgaris multocida jirovecii carinii meningitidis gonorrhoeae gonorrhea monocytogenes pneumophila interrogans donovani braziliensis '
  + 'tuberculosis leprae avium marinum kansasii genitalium catarrhalis fumigatus flavus baumannii lumbricoides israelii duodenale lamblia vaginalis intestinalis medinensis tularensis necrophorum '
  + 'cholerae vulnificus parahaemolyticus pallidum gondii cruzi brucei solium saginata spiralis trichiura pestis enterocolitica rickettsii prowazekii akari'
).split(' '));
