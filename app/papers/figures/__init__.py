"""The report 工作通报, as page, PDF, Word and spreadsheet: told once, laid out four times. [procedure 5]"""
