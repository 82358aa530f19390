"use strict";

(() => {
	const root = document.getElementById("swagger-ui");
	const options = { ...root.dataset };
	const ui = SwaggerUIBundle({
		domNode: root,
		url: options.document,
		presets: [SwaggerUIBundle.presets.apis],
		layout: "BaseLayout",
		deepLinking: true,
		queryConfigEnabled: false, // a link must not choose another document
		validatorUrl: null, // by default the document is sent to validator.swagger.io
		oauth2RedirectUrl: new URL("oauth2-redirect.html", document.baseURI).href,
		...("readOnly" in options && { supportedSubmitMethods: [] }),
		onComplete: () => {
			document.title = options.title || ui.specSelectors.info().get("title") || document.title;
		},
	});
})();
