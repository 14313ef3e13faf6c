print "noisy was loaded"
return {}
