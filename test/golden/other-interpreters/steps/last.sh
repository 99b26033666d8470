false
echo "still here"
