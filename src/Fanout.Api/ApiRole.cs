namespace Fanout.Api;

/// <summary>What a caller may do; each role may do what those before it may.</summary>
public enum ApiRole
{
    /// <summary>Anybody, without a key.</summary>
    Anyone,

    /// <summary>Look at runs, results and limits.</summary>
    Read,

    /// <summary>Start runs and change them.</summary>
    Operate,

    /// <summary>Whatever else there is: purge, limits' removal, profiles, keys.</summary>
    Admin,
}
