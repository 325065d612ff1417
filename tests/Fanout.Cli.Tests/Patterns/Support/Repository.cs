namespace Fanout.Cli.Tests.Patterns.Support;

/// <summary>The repository these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    public static string Readme { get; } = File.ReadAllText(Path.Combine(Root, "README.md")).ReplaceLineEndings("\n");

    private static string Find(string from)
    {
        for (var directory = new DirectoryInfo(from); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Fanout.slnf")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"{from} is in no clone of the repository.");
    }
}
