return { max = 3 }
