namespace Fanout.Infra.Tests.Support;

/// <summary>The templates these tests are about.</summary>
internal static class Templates
{
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "infra");

    /// <summary>Every file whose name ends so, relative to <see cref="Folder"/>.</summary>
    public static IReadOnlyList<string> Files(string ending = "") =>
        [.. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(ending, StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];

    public static string Read(string file) => File.ReadAllText(Path.Combine(Folder, file));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "Fanout.slnf")))
                return directory.FullName;
        }

        throw new InvalidOperationException($"{AppContext.BaseDirectory} is in no clone of the repository.");
    }
}
