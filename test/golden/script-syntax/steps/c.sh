echo one
done
