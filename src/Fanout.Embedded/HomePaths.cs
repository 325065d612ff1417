namespace Fanout.Embedded;

/// <summary>Where things are in a home, beside the database.</summary>
/// <param name="home">Its directory.</param>
internal sealed class HomePaths(string home)
{
    public string Results => Path.Combine(home, "results");

    /// <summary>A run's index, listing, or spooled copy of its source.</summary>
    public string Workspace(string runId) => Path.Combine(home, "sources", runId);

    public void DeleteWorkspace(string runId)
    {
        var path = Workspace(runId);
        if (Directory.Exists(path))
            Directory.Delete(path, recursive: true);
    }
}
