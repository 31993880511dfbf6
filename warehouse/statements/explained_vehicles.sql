-- Vehicles that the declarations of an employer name, in their order.
SELECT license_plate, line, file_id, form_no
FROM dmfa.company_vehicle
WHERE quarter = $quarter AND employer = $employer
ORDER BY file_id, form_no, seq
