"""Article 9: what each service function asks of a platform that claims it."""

from core.plugin_api import T, all_of, any_of, facts

INFORMATION = all_of(
    facts.service_functions.contains("information"),
    facts.info_system_open.holds(),
    facts.info_online_offline.holds(),
    facts.info_events.at_least(4),
    clause="9(1)",
    title=T("信息服务", "Information services"),
)

EQUIPMENT_SHARED_WHERE_THERE_IS = any_of(
    facts.tech_has_shareable_equipment.fails(),
    facts.tech_equipment_shared.holds(),
)

TECHNOLOGY = all_of(
    facts.service_functions.contains("technology"),
    facts.tech_collaboration.holds(),
    facts.tech_expert_and_project_db.holds(),
    EQUIPMENT_SHARED_WHERE_THERE_IS,
    facts.tech_events.at_least(4),
    clause="9(2)",
    title=T("技术服务", "Technical services"),
)

STARTUP = all_of(
    facts.service_functions.contains("startup"),
    facts.startup_counselling.holds(),
    facts.startup_project_db.holds(),
    facts.startup_guide.holds(),
    facts.startup_hotline.holds(),
    facts.startup_agency_services.holds(),
    facts.startup_events.at_least(4),
    clause="9(3)",
    title=T("创业服务", "Start-up services"),
)

TRAINING = all_of(
    facts.service_functions.contains("training"),
    facts.training_capability.holds(),
    facts.training_evaluation.holds(),
    facts.training_person_times.at_least(1_000),
    clause="9(4)",
    title=T("培训服务", "Training services"),
)

FINANCING = all_of(
    facts.service_functions.contains("financing"),
    facts.financing_services.holds(),
    facts.financing_supermarket.holds(),
    facts.financing_facilitated_cny.at_least(150_000_000),
    facts.financing_public_benefit_fees.holds(),
    facts.financing_innovative_products.holds(),
    facts.financing_matching_events.at_least(4),
    facts.financing_lectures.at_least(4),
    clause="9(5)",
    title=T("融资服务", "Financing services"),
)

CONSULTING = all_of(
    facts.service_functions.contains("consulting"),
    facts.consulting_capability.holds(),
    facts.consulting_collaboration_evaluation.holds(),
    facts.consulting_free_diagnosis_events.at_least(4),
    clause="9(6)",
    title=T("咨询服务", "Consulting services"),
)

LEGAL = all_of(
    facts.service_functions.contains("legal"),
    facts.legal_capability.holds(),
    facts.legal_guide.holds(),
    facts.legal_hotline.holds(),
    facts.legal_diagnosis.holds(),
    facts.legal_events.at_least(4),
    clause="9(7)",
    title=T("法律服务", "Legal services"),
)

SEVEN = (INFORMATION, TECHNOLOGY, STARTUP, TRAINING, FINANCING, CONSULTING, LEGAL)

FUNCTIONS = ("information", "technology", "startup", "training", "financing", "consulting", "legal")
"""Article 6: the seven functions, in its order."""
