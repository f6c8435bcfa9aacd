/* Reads standard input: counts lines, words and characters, sums numbers, and writes the lines back in reverse. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char *line = NULL, *lines[200];
    size_t size = 0, words = 0, characters = 0, count = 0;
    double sum = 0;
    for (ssize_t length; count < 200 && (length = getline(&line, &size, stdin)) >= 0; count++) {
        characters += length;
        for (ssize_t i = 0; i < length; i++)
            words += !isspace((unsigned char)line[i]) && (i + 1 == length || isspace((unsigned char)line[i + 1]));
        sum += strtod(line, NULL);
        lines[count] = strdup(line);
    }
    printf("%zu %zu %zu %.3f\n", count, words, characters, sum);
    while (count--)
        fputs(lines[count], stdout);
    if (argc > 1 && !fopen(argv[1], "r"))
        perror("fopen");
    fprintf(stderr, "%d %s\n", getenv("NAME") != NULL, getenv("NAME") ? getenv("NAME") : "");
    return clock() < 0 || time(NULL) < 0 || getpid() <= 0 || isatty(1);
}
