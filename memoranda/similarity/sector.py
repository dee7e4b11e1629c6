"""The default thesaurus: how the sector of integration in French-speaking Belgium names the same things.

Acronyms and their long forms, then words that stand for each other in demands. It is a beginning that the
network edits; `THESAURUS` alone is used, through `Thesaurus`.
"""

from memoranda.similarity.thesaurus import Thesaurus

_GROUPS = """
revenu d’intégration, revenu d’intégration sociale, RI, RIS;
CPAS, centre public d’action sociale, centre public;
français langue étrangère, FLE, cours de FLE, cours de français langue étrangère, cours de français,
  français pour adultes;
alphabétisation, alpha, apprendre à lire et à écrire, lecture et écriture, savoir lire et écrire, lire et
  écrire;
illettrisme, analphabétisme, analphabète, illettré, difficultés de lecture, difficultés à lire;
primo-arrivant, personne nouvellement arrivée, nouvel arrivant, nouveau arrivant, nouveau venu;
MENA, mineur étranger non accompagné, mineur non accompagné;
initiative locale d’intégration, ILI;
initiative locale d’accueil, ILA;
centre régional d’intégration, CRI;
bureau d’accueil, BAPA, bureau d’accueil pour primo-arrivants;
parcours d’intégration, parcours d’accueil, dispositif d’accueil;
AMIF, FAMI, fonds asile migration et intégration;
plan local d’intégration, PLI;
plan de cohésion sociale, PCS;
promotion de la citoyenneté et de l’interculturalité, PCI;
aide médicale urgente, AMU;
déclaration de politique régionale, DPR;
fédération Wallonie-Bruxelles, FWB, communauté française;
intelligence artificielle, IA, algorithme;
insertion socioprofessionnelle, ISP;
centre d’insertion socioprofessionnelle, CISP;
association sans but lucratif, ASBL, association, associatif;
organisation non gouvernementale, ONG;
union européenne, UE, Europe, européen;
demandeur d’asile, demandeur de protection internationale, DPI, candidat réfugié;
réfugié, bénéficiaire de la protection internationale, réfugié reconnu;
personne étrangère, étranger, personne d’origine étrangère, migrant, personne migrante, immigré, exilé;
droit des étrangers, droit de la migration;
sans-papiers, personne en séjour irrégulier, personne sans titre de séjour;
titre de séjour, permis de séjour, papiers, droit de séjour;
Office des étrangers, OE;
regroupement familial, réunification familiale;
ambassade, poste diplomatique, consulat;
gens du voyage, familles itinérantes, voyageurs itinérants;
équivalence de diplôme, reconnaissance des diplômes, diplôme reconnu;
validation des compétences, reconnaissance des compétences, valorisation des acquis;
interprétariat social, interprète en milieu social, interprète, interprétation sociale;
traduire, traduit, traduction, multilingue, plurilingue;
interculturalité, interculturel, diversité culturelle;
langage clair, termes simples, facile à lire;
première ligne, guichet;
personnel, agent, fonctionnaire, équipe;
assistant social, travailleur social;
demandeur d’emploi, chômeur, sans emploi, cherche un emploi;
employeur, entreprise, patron;
emploi, travail, lieu de travail;
marché public, commande publique, cahier des charges, appel d’offres;
discrimination, discriminer, inégalité de traitement;
racisme, antiracisme, raciste, antiraciste;
numérique, digital, en ligne, internet, électronique, informatique;
subside, subvention, dotation, financement, financer, budget, moyens, investissement, investir;
structurel, durable, pérenne, permanent;
coût, frais, surcoût, prix;
gratuit, gratuité, sans frais;
commune, communal, ville, municipalité, municipal, pouvoir local, autorité locale, local;
fédéral, État, État fédéral, gouvernement fédéral;
wallon, Wallonie, Région wallonne, gouvernement wallon;
bruxellois, Bruxelles, Région bruxelloise, capitale;
loi, légal, législation, légiférer;
enfant, mineur;
détenir, détention, enfermer, enfermement, rétention, centre fermé;
logement, habitation, habitat, toit, hébergement;
logement public, logement social, parc public, habitation sociale;
logement vide, logement inoccupé, bâtiment vide, immeuble vide, logement inhabité, immeuble inhabité,
  inoccupé, inhabité;
garantie locative, caution;
santé, soins, médical;
aide sociale, action sociale;
allocation, prestation sociale;
pauvreté, précarité, pauvre;
délai, durée, attendre, patienter, attente;
simplification administrative, paperasse, charge administrative, formalité, bureaucratie;
formation, cours, apprentissage, apprendre, se former;
contrainte, obstacle, barrière, frein, condition d’accès, entrave;
statistique, chiffres, donnée;
organe, instance, autorité, organisme;
contrôler, contrôle, surveiller, vérifier;
usager, bénéficiaire;
automatique, automatiser, automatiquement;
individualiser, individuel;
vivre ensemble, cohésion sociale;
petite enfance, crèche, garderie, garde d’enfants;
violence conjugale, violence intrafamiliale;
transport en commun, transport public, bus, TEC;
nationalité, naturalisation;
témoignage, parole des personnes;
volontaire, bénévole;
"""

_FIELDS = """
séjour, visa, papiers, titre de séjour, permis de séjour, régularisation, sans-papiers, séjour irrégulier,
  Office des étrangers, humanitaire, circonstances exceptionnelles, éloignement, rapatriement, ordre de
  quitter le territoire, nationalité, migration, migratoire, droit des étrangers, loi de 1980, code de la
  migration, clandestin, migrant, étranger;
asile, réfugié, exil, exilé, protection internationale, protection subsidiaire, Fedasil, centre d’accueil,
  ILA, initiative locale d’accueil, Dublin, relocalisation, réinstallation, statut reconnu, structure
  d’accueil, guerre, persécution, fuir, sortant, quitter, relocaliser, réinstaller, place d’accueil;
regroupement familial, famille, proche, conjoint, époux, parent, ménage, réunification, familial, couple,
  foyer, regroupement;
centre fermé, détention, détenir, enfermer, enfermement, privation de liberté, prison, rétention;
enfant, mineur, jeune, MENA, tuteur, élève, école, crèche, jeunesse, scolaire, adolescent, mineur seul,
  garderie, enseignant;
français, FLE, langue, traduire, traduit, traduction, interprète, interprétariat, malentendu, comprendre,
  multilingue, néerlandais, linguistique, parler, vocabulaire, table de conversation;
alphabétisation, alpha, lire, écrire, lecture, écriture, illettrisme, illettré, analphabétisme, analphabète;
logement, habitation, habitat, toit, loger, loyer, bail, locataire, locatif, propriétaire, propriété,
  garantie locative, caution, immeuble, immobilier, bâtiment, maison, appartement, réquisition, inoccupé,
  inhabité, sans-abri, dormir dehors, mettre à la rue, expulsion, acquisition, acheter, hypothécaire, parc
  public, insalubre, héberger, hébergement, sortant;
santé, soins, soigner, médical, médecin, hôpital, mutuelle, malade, maladie, aide médicale urgente, AMU,
  maison médicale, patient, carte médicale, santé mentale, psychologue, durée de validité;
revenu, revenu d’intégration, RI, RIS, allocation, allocataire, aide financière, pauvreté, pauvre,
  précarité, cohabitant, ménage, argent, salaire, individualiser, individuel, droits sociaux, sécurité
  sociale, prestation, chômage, dette, niveau de vie, seuil de pauvreté, statut de cohabitant, taux;
CPAS, centre public, aide sociale, action sociale, assistant social, travailleur social, service social,
  centre de service social, conseil de l’action sociale;
emploi, travail, chômeur, demandeur d’emploi, employeur, entreprise, embauche, recruter, Forem, métier,
  salarié, travailleur, insertion professionnelle, licenciement, carrière, profession;
formation, cours, apprendre, apprentissage, stage, former, compétences, enseigner, se former, groupe,
  formateur, pédagogique;
diplôme, équivalence, études, université, qualification, étudiant, haute école, pays d’origine,
  reconnaissance des diplômes;
discrimination, racisme, antiracisme, antiraciste, racial, égalité, inégalité, origine, handicap,
  stéréotype, préjugé, haine, Unia, même manière, islamophobie, antisémitisme, exclusion, diversité,
  coalition, ECCAR;
marché public, clause, cahier des charges, commande publique, commande, adjudication, attribuer, acheter,
  achat, fournisseur;
numérique, tout-numérique, en ligne, internet, ordinateur, fracture numérique, accès physique, électronique,
  être humain, digital, écran;
intelligence artificielle, IA, algorithme, automatisé, robot, données personnelles;
guichet, service public, première ligne, bureau, accueillir, accueil, personnel, agent, fonctionnaire,
  employé, équipe, intérêt général;
administration, administratif, formulaire, démarche, paperasse, bureaucratie, courrier, dossier, rapport,
  contrôle, formalité, simplification, document, dépliant, brochure, imprimé;
subside, subvention, dotation, indexer, indexation, structurel, pérenne, pérenniser, appel à projets,
  budget, moyens, financer, financement, refinancer, fonds, coût de la vie, investir, investissement,
  dépenses, rembourser, remboursement, prendre en charge, couvrir, payer, verser, euro, coût;
association, ASBL, associatif, bénévole, volontaire, non-marchand, usager, secteur social, gestion, gérer,
  diriger, professionnalisation;
concertation, consultation, consulter, en amont, préalable, entendre, impact, analyse d’impact, autour de la
  table, dialogue, toucher, avis, écouter, proposition, mission, touchant;
coordination, coordonner, conférence, interministériel, ministre, entités fédérées, Régions et Communautés,
  organe commun, réunir, travailler ensemble, niveau de pouvoir, opérateur, organisme, mécanisme, réseau;
loi, légal, légiférer, législation, législateur, code, règlement;
juge, magistrat, avocat, recours, tribunal, juridique, justice, juriste, personne morale, commission,
  collège, trancher, indépendant, motif;
autonomie, autonome, indépendance, synergie, fusion, mise en commun, distinct, mutualiser, personne morale;
interculturalité, interculturel, diversité, culture, culturel, vivre ensemble, dialogue interculturel;
Roms, gens du voyage, caravane, itinérant, terrain, emplacement;
statistique, chiffres, donnée, enquête, mesurer, combien, nombre, recenser, recensement, inventaire, étude,
  dénombrer;
évaluation, évaluer, efficacité, effet, résultat, mesurer, impact, analyse, vérifier, émancipation,
  émancipateur, émanciper, effet;
décision, motif, motiver, expliquer, explication, transparent, transparence, opaque, critère, règle,
  compréhensible, publier, connu de tous, refus, accorder, octroyer;
délai, durée, attente, attendre, patienter, rapide, rapidement, trimestre, validité, renouveler, prolonger;
gouvernement wallon, déclaration de politique régionale, DPR, législature, priorité, transversal,
  compétence, programme de gouvernement;
Union européenne, Europe, européen, frontière, Schengen, international, ambassade, consulat, poste
  diplomatique;
primo-arrivant, nouvel arrivant, nouveau venu, personne nouvellement arrivée, parcours d’intégration,
  parcours d’accueil, dispositif d’accueil, BAPA, bureau d’accueil, s’installer, intégration;
citoyenneté, vote, participation, électeur, conseil consultatif, élection, citoyen;
transport, bus, train, TEC, SNCB, mobilité, permis de conduire, route;
femme, violence conjugale, violence intrafamiliale, genre, égalité des sexes;
sport, loisirs, bibliothèque, musée, fête;
obstacle, contrainte, barrière, frein, condition d’accès, entrave, condition, exclure;
prévention, prévenir, sensibiliser, sensibilisation, plan de prévention, campagne;
surveiller, surveillance, contrôler, contrôle, encadrer, organe, instance, autorité, garde-fou;
"""


def _terms(text: str) -> tuple[tuple[str, ...], ...]:
    """Return rows of terms: a semicolon ends a row, a comma parts its terms."""
    rows = (row.split(",") for row in text.split(";") if row.strip())
    return tuple(tuple(" ".join(term.split()) for term in row) for row in rows)


THESAURUS = Thesaurus(groups=_terms(_GROUPS), fields=_terms(_FIELDS))
