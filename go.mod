module github.com/etlscript/etlscript

go 1.26
