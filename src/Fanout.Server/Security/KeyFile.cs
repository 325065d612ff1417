using System.Text.Json;
using System.Text.RegularExpressions;
using Fanout.Api;
using Fanout.Serialization;

namespace Fanout.Server.Security;

/// <summary>The keys of a home, in its file <c>keys.json</c>, which only its owner may read or write.</summary>
/// <param name="directory">The home's directory.</param>
public sealed partial class KeyFile(string directory)
{
    private const int MostKeys = 1_000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private static readonly JsonSerializerOptions Json = new(FanoutJson.Options) { WriteIndented = true };

    /// <summary>The file's path.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, "keys.json");

    /// <summary>The keys, by name; none when there is no file.</summary>
    /// <exception cref="ServerException">The file is there and cannot be read, or others may write it.</exception>
    public IReadOnlyList<ApiKey> Read()
    {
        if (!File.Exists(Path))
            return [];
        try
        {
            if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(Path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != 0)
                throw new ServerException($"Others may write the keys in {Path}, and with them whoever they like could be let in. Take that from them: chmod 600 {Path}");
            var keys = JsonSerializer.Deserialize<Document>(File.ReadAllBytes(Path), Json)?.Keys ?? [];
            return keys.All(IsLegal) ? keys : throw new ServerException($"The keys in {Path} are damaged. Remove the file, then make new ones: fanout key add NAME --role ROLE");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ServerException($"The keys in {Path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Adds a key.</summary>
    /// <returns>Its text, which is kept nowhere.</returns>
    /// <exception cref="ServerException">The name is none or taken, or there are too many keys.</exception>
    public string Add(string name, ApiRole role, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(time);
        if (!Name().IsMatch(name))
            throw new ServerException($"\"{name}\" cannot name a key. Use 1 to 64 letters, digits, hyphens, dots and underscores.");
        var text = ApiKey.CreateText();
        Change(keys =>
        {
            if (keys.Exists(key => key.Name == name))
                throw new ServerException($"There is a key {name} already. Choose another name, or revoke that one first: fanout key revoke {name}");
            if (keys.Count >= MostKeys)
                throw new ServerException($"There are {MostKeys} keys, and there can be no more. Revoke some first: fanout key revoke NAME");
            keys.Add(ApiKey.Of(name, role, text, time.GetUtcNow()));
        });
        return text;
    }

    /// <summary>Removes a key; servers notice within a second.</summary>
    /// <exception cref="ServerException">There is no such key.</exception>
    public void Revoke(string name) => Change(keys =>
    {
        if (keys.RemoveAll(key => key.Name == name) == 0)
            throw new ServerException($"There is no key {name}. See those there are: fanout key list");
    });

    /// <summary>What tells one state of the file from another; null: there is none.</summary>
    internal (DateTime Written, long Length)? Stamp() => new FileInfo(Path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : null;

    // Two that change the file at once: the second waits, and changes what the first has left.
    private void Change(Action<List<ApiKey>> change)
    {
        try
        {
            Directory.CreateDirectory(directory);
            using var turn = Open($"{Path}.lock", FileMode.OpenOrCreate);
            var keys = Read().ToList();
            change(keys);
            var next = $"{Path}.next";
            using (var file = Open(next, FileMode.Create))
                file.Write(JsonSerializer.SerializeToUtf8Bytes(new Document(keys), Json));
            File.Move(next, Path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ServerException($"The keys in {Path} cannot be changed: {failure.Message}", failure);
        }
    }

    private static FileStream Open(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        return new FileStream(path, options);
    }

    private static bool IsLegal(ApiKey? key) =>
        key is { Name.Length: > 0, Hash.Length: 64 } && key.Hash.All(char.IsAsciiHexDigit) && key.Role is ApiRole.Read or ApiRole.Operate or ApiRole.Admin;

    [GeneratedRegex("^[A-Za-z0-9._-]{1,64}\\z")]
    private static partial Regex Name();

    private sealed record Document(List<ApiKey> Keys);
}
